import assert from "node:assert/strict"
import { test } from "node:test"
import type { JsonObject } from "@geartrain/spec"
import type { Rule } from "@geartrain/spec/rules"
import { memoryDatabase } from "../../../../test/server/memory-database.ts"
import { insertGear, manifestOf } from "../../../../test/server/rules/rules-bench.ts"
import { findMeantGear, gearFaults, gearMissing, loneInput, needMeantGear, ruleUnfit } from "./rule-gear.ts"

const RULE: Rule = { rule: 1, name: "Measure", gear: { name: "measure", version: "1.0" } }

const SCAN = { base: "file" } as const
const ANY = { type: "nifti" } as const

function withInputs(inputs: JsonObject, config: JsonObject = {}) {
  return manifestOf("measure", { inputs, config })
}

test("a pinned rule means its version, one that follows the name the newest that is enabled", async (context) => {
  const database = await memoryDatabase(context)
  const old = await insertGear(database, manifestOf("measure"))
  const next = await insertGear(database, manifestOf("measure", { version: "2.0" }))
  const meant = async (gear: Partial<Rule["gear"]>) =>
    (await findMeantGear(database.read, { ...RULE.gear, ...gear }))?.id
  const set = (id: string, values: { state?: "enabled" | "disabled"; superseded_ms?: number }) =>
    database.write(({ sql }) => sql.updateTable("gears").set(values).where("id", "=", id).execute())
  assert.equal(await meant({}), old)
  assert.equal(await meant({ follows: "pinned", version: "2.0" }), next)
  assert.equal(await meant({ follows: "name" }), next)
  for (const other of [{ version: "3.0" }, { name: "Measure" }, { name: "none", follows: "name" as const }])
    assert.equal(await meant(other), undefined)
  await set(next, { state: "disabled" })
  assert.equal(await meant({ follows: "name" }), old)
  await set(old, { superseded_ms: 1 })
  assert.equal(await meant({}), undefined)
  await assert.rejects(needMeantGear(database.read, RULE), {
    code: "RULE_INVALID",
    message: /"Measure": there is no enabled gear measure 1\.0 on this server/,
  })
  assert.match(gearMissing({ ...RULE, gear: { ...RULE.gear, follows: "name" } }).message, /no enabled gear measure on/)
})

test("a gear that is there and does not fit the rule is refused, too", async (context) => {
  const database = await memoryDatabase(context)
  await insertGear(database, withInputs({ a: SCAN, b: SCAN }))
  await assert.rejects(needMeantGear(database.read, RULE), { code: "RULE_INVALID", message: /requires "a", "b"/ })
  const fixed = await needMeantGear(database.read, { ...RULE, fixed: { b: "f" } })
  assert.deepEqual([fixed.name, fixed.version, Object.keys(fixed.manifest.inputs)], ["measure", "1.0", ["a", "b"]])
})

test("a file alone is for the one input that the gear requires and the rule does not fix", () => {
  const manifest = withInputs({ a: SCAN, b: { ...SCAN, optional: true }, key: { base: "api-key" }, c: SCAN })
  assert.equal(loneInput({}, manifest), undefined)
  assert.equal(loneInput({ fixed: { c: "f" } }, manifest), "a")
  assert.equal(loneInput({ fixed: { a: "f", c: "f" } }, manifest), undefined)
  assert.equal(loneInput({}, withInputs({ constructor: SCAN })), "constructor")
})

test("each input of a rule is a file of the gear, chosen or fixed and not both, and none that is required is left out", () => {
  const manifest = withInputs({ a: SCAN, b: { ...SCAN, optional: true }, key: { base: "api-key" } })
  const faults = (rule: Partial<Rule>, of = manifest) => gearFaults({ ...RULE, ...rule }, of)
  assert.deepEqual(faults({}), [])
  assert.deepEqual(faults({ inputs: { a: ANY, b: ANY } }), [])
  assert.deepEqual(faults({ inputs: { a: ANY }, fixed: { b: "f" } }), [])
  assert.deepEqual(faults({ inputs: { b: ANY } }), ['no condition chooses the required input "a"'])
  assert.deepEqual(faults({ inputs: { a: ANY, key: ANY, toString: ANY } }), [
    'the gear has no file input "key"',
    'the gear has no file input "toString"',
  ])
  assert.deepEqual(faults({ inputs: { a: ANY }, fixed: { a: "f" } }), ['input "a" is fixed, and chosen by a condition'])
  assert.match(faults({ fixed: { a: "f" } })[0] ?? "", /requires no file that the rule could give it/)
  assert.match(faults({}, withInputs({}))[0] ?? "", /requires no file/)
})

test("a config that the gear does not take is wrong before any file is seen", () => {
  const manifest = withInputs({ a: SCAN }, { level: { type: "integer" } })
  const faults = (config: JsonObject) => gearFaults({ ...RULE, config }, manifest)
  assert.deepEqual(faults({ level: 3 }), [])
  assert.equal(faults({ level: "x" }).length, 1)
  assert.equal(faults({}).length, 1)
})

test("what is wrong with a rule is told in part, however much it is", () => {
  const error = ruleUnfit(
    RULE,
    Array.from({ length: 30 }, (_, n) => `p${n}`),
  )
  assert.match(error.message, /p0; p1; p2; p3; p4$/)
  assert.equal((error.details["problems"] as string[]).length, 20)
})
