import assert from "node:assert/strict"
import { type TestContext, test } from "node:test"
import { GeartrainError } from "@geartrain/spec"
import type { Rule } from "@geartrain/spec/rules"
import { saveAt } from "../../../../test/server/archive/save-at.ts"
import { memoryDatabase } from "../../../../test/server/memory-database.ts"
import { type RulesBench, rulesBench } from "../../../../test/server/rules/rules-bench.ts"
import type { StoredFile } from "../../archive/files/server-file.ts"
import { createAnalysis } from "../../archive/places/analyses.ts"
import type { DecisionRow } from "../../database/tables/rule-tables.ts"
import type { ServerRule } from "../store/server-rule.ts"
import { considerFile, failure, firedSlot } from "./consider-file.ts"
import { decideFile, keepDecisions, shownVerdict } from "./decide-file.ts"

const RULE: Omit<Rule, "rule"> = { name: "r", gear: { name: "g", version: "1.0" }, when: { type: "text" } }

interface Bench extends RulesBench {
  save(name: string, content?: string, place?: string): Promise<StoredFile>
  decide(rule: ServerRule, file: StoredFile): Promise<DecisionRow>
  keep(...rows: readonly DecisionRow[]): Promise<void>
}

async function opened(context: TestContext): Promise<Bench> {
  const bench = await rulesBench(context, await memoryDatabase(context))
  const { database } = bench.ports
  await bench.gear("g")
  return {
    ...bench,
    save: async (name, content = name, place = bench.archive.acquisition) =>
      (await saveAt(database, place, { [name]: content }))[0] ?? assert.fail("nothing was saved"),
    decide: (rule, file) => decideFile(bench.ports, { rule, file, cause: { cause: "event", id: "7" } }),
    keep: (...rows) => database.write((write) => keepDecisions(write, rows)),
  }
}

test("considering changes nothing: what would be started is told, with whose rights, and under which key", async (context) => {
  const bench = await opened(context)
  const rule = await bench.rule({ ...RULE, config: {}, tags: ["mine"], priority: 5 })
  const file = await bench.save("a.txt")
  const first = await considerFile(bench.ports, rule, file)
  assert.equal(first.outcome, "would-fire")
  assert.equal(first.caller?.user, "boss")
  assert.deepEqual(first.wish?.order.inputs, { scan: `file:${file.id}@1` })
  assert.deepEqual(
    [first.wish?.order.destination, first.wish?.order.tags, first.wish?.order.priority],
    [bench.archive.acquisition, ["auto", "mine"], 5],
  )
  assert.deepEqual(await considerFile(bench.ports, rule, file), first)
  assert.deepEqual([await bench.jobs(), await bench.decisions()], [[], []])
  // The same bytes under another name are the same work; other bytes, another place or config are not.
  const key = async (of: Promise<StoredFile>, by = rule) => (await considerFile(bench.ports, by, await of)).wish?.key
  assert.equal(await key(bench.save("b.txt", "a.txt")), first.wish?.key)
  assert.notEqual(await key(bench.save("c.txt")), first.wish?.key)
  assert.notEqual(await key(bench.save("a.txt", "a.txt", bench.archive.session)), first.wish?.key)
})

test("files taken together have their outputs where they are taken together", async (context) => {
  const bench = await opened(context)
  const { archive } = bench
  const destination = async (name: string, within: Rule["within"]) => {
    const rule = await bench.rule({
      name,
      gear: RULE.gear,
      inputs: { scan: { type: "text" } },
      ...(within && { within }),
    })
    return (await considerFile(bench.ports, rule, await bench.save("a.txt"))).wish?.order.destination
  }
  assert.equal(await destination("place", undefined), archive.acquisition)
  assert.equal(await destination("session", "session"), archive.session)
  assert.equal(await destination("project", "project"), archive.project)
})

test("nothing is started by a rule that is disabled, for a file of an analysis, or for one that does not fit", async (context) => {
  const bench = await opened(context)
  const rule = await bench.rule(RULE)
  const analysis = await createAnalysis(bench.archive.ports, bench.archive.writer, {
    parent: bench.archive.session,
    label: "fit",
  })
  const text = await bench.save("a.txt")
  for (const [server, file, says] of [
    [{ ...rule, rule: { ...rule.rule, disabled: true } }, text, /disabled/],
    [rule, await bench.save("a.txt", "1", analysis.id), /analyses/],
    [rule, await bench.save("a.nii"), /its type is "nifti"/],
  ] as const) {
    const { outcome, says: said, wish } = await considerFile(bench.ports, server, file)
    assert.deepEqual([outcome, wish], ["not-fired", undefined])
    assert.match(said, says)
  }
})

test("a rule has no more rights than whoever confirmed it has now", async (context) => {
  const bench = await opened(context)
  const rule = await bench.rule(RULE)
  const file = await bench.save("a.txt")
  bench.rights["boss"] = { [bench.archive.project]: "write" }
  assert.equal((await considerFile(bench.ports, rule, file)).outcome, "no-right")
  bench.rights["boss"] = { [bench.archive.project]: "run" }
  assert.equal((await considerFile(bench.ports, rule, file)).outcome, "would-fire")
  assert.equal((await considerFile(bench.ports, { ...rule, confirmedBy: "gone" }, file)).outcome, "no-right")
})

test("a fixed file is one that whoever it acts for may see, by its id or path; of others nobody learns", async (context) => {
  const bench = await opened(context)
  const inputs = { scan: { base: "file" }, atlas: { base: "file" } }
  await bench.gear("two", { inputs })
  const file = await bench.save("a.txt")
  const atlas = await bench.save("atlas.nii", "atlas", bench.archive.project)
  const hidden = await bench.save("atlas.nii", "hidden", bench.archive.otherProject)
  let count = 0
  const consider = async (reference: string) => {
    const rule = await bench.rule({
      name: `r${count++}`,
      gear: { name: "two", version: "1.0" },
      fixed: { atlas: reference },
    })
    return considerFile(bench.ports, rule, file)
  }
  for (const reference of [atlas.id, "lab/Memory/files/atlas.nii"])
    assert.equal((await consider(reference)).wish?.order.inputs?.["atlas"], `file:${atlas.id}@1`)
  for (const reference of [hidden.id, "lab/Other/files/atlas.nii", "0".repeat(24), "lab/Memory"]) {
    const { outcome, code, says } = await consider(reference)
    assert.deepEqual([outcome, code], ["error", "RULE_INVALID"])
    assert.equal(
      says.replace(reference, "X"),
      'Cannot give input "atlas" its fixed file: there is no file "X" that boss can see',
    )
  }
})

test("what is wrong with a rule is its outcome; a database that does not answer says nothing of it", async (context) => {
  const bench = await opened(context)
  const rule = await bench.rule(RULE)
  const file = await bench.save("a.txt")
  const broken = (error: Error) => ({
    ...bench.ports,
    access: { ...bench.ports.access, callerFor: () => Promise.reject(error) },
  })
  const said = await considerFile(broken(new TypeError(`a bug ${"x".repeat(900)}`)), rule, file)
  assert.deepEqual([said.outcome, said.code, said.says.length < 400], ["error", "SERVER_FAILED", true])
  assert.deepEqual(failure("no error at all"), {
    ...{ outcome: "error", code: "SERVER_FAILED" },
    says: "The rule cannot be evaluated: the server failed: no error at all",
  })
  for (const code of ["DATABASE_UNAVAILABLE", "DATABASE_FAILED", "STORE_FULL"] as const)
    await assert.rejects(considerFile(broken(new GeartrainError(code, "Cannot")), rule, file), { code })
})

test("a decision starts one job, however often it is made, and the same bytes again are done already", async (context) => {
  const bench = await opened(context)
  const rule = await bench.rule(RULE)
  const file = await bench.save("a.txt")
  const [first, again] = [await bench.decide(rule, file), await bench.decide(rule, file)]
  assert.deepEqual([first.outcome, first.cause, first.cause_id, first.rule_revision], ["fired", "event", "7", 1])
  assert.equal(again.job, first.job)
  assert.equal(again.slot, first.slot)
  assert.equal((await bench.jobs()).length, 1)
  await bench.keep(first)
  const done = await bench.decide(rule, file)
  assert.deepEqual([done.outcome, done.job, done.slot], ["already-done", first.job, `last:${rule.id}:${file.id}`])
  assert.ok(first.slot.startsWith(firedSlot(rule.id, "")))
})

test("of what was not started the last word stays, and it goes when something is", async (context) => {
  const bench = await opened(context)
  const rule = await bench.rule(RULE)
  const other = await bench.save("b.nii")
  const file = await bench.save("a.txt")
  const disabled = { ...rule, rule: { ...rule.rule, disabled: true } }
  await bench.keep(await bench.decide(disabled, file), await bench.decide(rule, other))
  await bench.keep({ ...(await bench.decide(disabled, file)), says: "the last word" })
  const says = async () =>
    (await bench.ports.database.read.selectFrom("rule_decisions").select("says").orderBy("file_name").execute()).map(
      (row) => row.says,
    )
  assert.deepEqual([(await says()).length, (await says())[0]], [2, "the last word"])
  const fired = await bench.decide(rule, file)
  await bench.keep(fired, { ...fired, id: "another server's", says: "another word" })
  assert.deepEqual((await bench.decisions()).toSorted(), [
    ["a.txt", "fired"],
    ["b.nii", "not-fired"],
  ])
  assert.equal((await says())[0], fired.says)
  const events = await bench.ports.database.read
    .selectFrom("events")
    .select("data")
    .where("kind", "=", "rule.fired")
    .execute()
  assert.deepEqual(
    events.map(({ data }) => JSON.parse(data).job),
    [fired.job],
  )
})

test("a verdict is shown with the names of files, of many the first, and one too long is not kept", async (context) => {
  const bench = await opened(context)
  const rule = await bench.rule({ name: "together", gear: RULE.gear, inputs: { scan: { type: "text" } } })
  const files = Object.fromEntries(Array.from({ length: 25 }, (_, n) => [`${String(n).padStart(2, "0")}.txt`, `${n}`]))
  const [file] = await saveAt(bench.ports.database, bench.archive.acquisition, files)
  assert.ok(file !== undefined)
  const { verdict, outcome } = await considerFile(bench.ports, rule, file)
  assert.equal(outcome, "ambiguous")
  const shown = shownVerdict(verdict ?? assert.fail("there is no verdict")) as {
    inputs: readonly { fitting: readonly object[]; fittingCount: number }[]
  }
  assert.deepEqual([shown.inputs[0]?.fitting.length, shown.inputs[0]?.fittingCount], [20, 25])
  assert.deepEqual(Object.keys(shown.inputs[0]?.fitting[0] ?? {}), ["id", "name", "place"])
  const texts = Array.from({ length: 150 }, (_, n) => ({ name: `${"x".repeat(200)}${n}` }))
  const long = await bench.rule({ ...RULE, name: "long", when: { any: texts } })
  const row = await bench.decide(long, file)
  assert.deepEqual([row.outcome, row.verdict], ["not-fired", null])
})
