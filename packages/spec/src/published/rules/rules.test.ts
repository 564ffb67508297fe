import assert from "node:assert/strict"
import { test } from "node:test"
import ajv2020 from "ajv/dist/2020.js"
import fc from "fast-check"
import { readMetadataPath } from "../../job/rules/metadata-path.ts"
import type { Rule } from "../../job/rules/rule.ts"
import { faultAt } from "../../job/rules/rule-fault.ts"
import { anchoredPattern, globPattern } from "../../job/rules/text-pattern.ts"
import { readVersionRange } from "../../job/rules/version-range.ts"
import { mentions, walkConditions } from "../../job/rules/walk-conditions.ts"
import type { JsonObject, JsonValue } from "../../json/json-value.ts"
import { StepBudget } from "../../pattern/step-budget.ts"
import { validateDraft04 } from "../../schema/validate-draft-04.ts"
import { RULE_SCHEMA } from "../rule-schema.ts"
import { readFlywheelRule } from "./read-flywheel-rule.ts"
import { readRule } from "./read-rule.ts"
import { schemaFaults } from "./schema-faults.ts"

// Written in CommonJS: its default export is a member of what Node takes for the default export.
const theirs = new ajv2020.default({ strict: true, strictRequired: false, strictTypes: false }).compile(RULE_SCHEMA)

const WHOLE: Rule = {
  rule: 1,
  name: "Convert",
  about: "Scans become NIfTI",
  gear: { name: "dcm2niix", version: "1.2", follows: "name" },
  when: {
    all: [
      { type: "dicom" },
      { any: [{ name: "*.zip" }, { name: { regex: "scan" } }, { modality: "MR" }] },
      { not: { tag: "skip" } },
      { holds: { classification: "T1" } },
      { zipMember: "*.dcm" },
      { metadata: "subject.info.consent", equals: true },
      { metadata: "session.age", above: 18 },
      { job: { gear: "qc", versions: ">=1 <2", state: "complete" } },
      { madeBy: { gear: "sort" } },
    ],
  },
  inputs: { t1: { type: "nifti" }, t2: { name: "*t2*" } },
  within: "session",
  fixed: { atlas: "lab/study/files/atlas.nii" },
  config: { threshold: 1 },
  tags: ["auto"],
  priority: 10,
  disabled: false,
  schedule: { cron: "0 3 * * *", timeZone: "Europe/Zurich", below: "sub-01" },
  loops: { ownOutputs: true, depth: 3 },
}

function faultsOf(value: unknown): readonly (readonly [string, string])[] {
  const reading = readRule(value as JsonValue)
  return reading.ok ? [] : reading.faults.map(({ path, problem }) => [path, problem])
}

function withCondition(when: unknown): unknown {
  return { rule: 1, name: "a", gear: { name: "g", version: "1" }, when }
}

test("a rule with every member is read, and so is the shortest", () => {
  assert.deepEqual(faultsOf(WHOLE), [])
  assert.deepEqual(faultsOf({ rule: 1, name: "a", gear: { name: "g", version: "1" } }), [])
  assert.ok(theirs(WHOLE))
})

test("what is wrong is told at its place, with what mends it", () => {
  assert.deepEqual(faultsOf(withCondition({ all: [{ type: "a" }, { tpye: "dicom" }] })), [
    ["/when/all/1/tpye", '"tpye" is no test'],
  ])
  const named = readRule(withCondition({ tpye: "dicom" }) as JsonValue)
  assert.equal(named.ok ? "" : named.faults[0]?.fix, 'Rename it to "type"')
  assert.deepEqual(faultsOf(withCondition({ type: "a", name: "b" })), [
    ["/when", '"type" and "name" stand in one condition'],
  ])
  assert.deepEqual(faultsOf(withCondition({})), [["/when", "a condition is an object with one test"]])
  assert.deepEqual(faultsOf(withCondition({ metadata: "file.x" })), [
    ["/when", "a metadata test says in one way what is wanted"],
  ])
  assert.deepEqual(faultsOf(withCondition({ metadata: "scan.x", exists: true })), [
    [
      "/when/metadata",
      'it begins with "scan", and not with one of file, acquisition, session, subject, project, analysis',
    ],
  ])
  assert.deepEqual(faultsOf(withCondition({ name: { regex: "(a" } })), [
    ["/when/name/regex", '"(a" cannot be matched: it has a ( without )'],
  ])
  assert.deepEqual(faultsOf(withCondition({ job: { gear: "a", state: "complete", versions: "=>1" } })), [
    ["/when/job/versions", '"=>1" is no range of versions'],
  ])
  assert.deepEqual(faultsOf(withCondition({ holds: { holds: { type: "a" } } })).length, 1)
  assert.deepEqual(faultsOf({ rule: 1, name: "a" }), [["/", '"gear" is missing']])
  assert.deepEqual(faultsOf({ ...WHOLE, prioritaet: 1 })[0]?.[0], "/prioritaet")
  assert.equal(schemaFaults(validateDraft04(RULE_SCHEMA, 5)[0] as never, 5)[0]?.path, faultAt([], "", "").path)
})

test("depth and number of conditions are bounded before anything is matched", () => {
  const nest = (depth: number): unknown => (depth === 0 ? { type: "a" } : { not: nest(depth - 1) })
  assert.deepEqual(faultsOf(withCondition(nest(9))), [])
  assert.match(faultsOf(withCondition(nest(10)))[0]?.[1] ?? "", /more than 10 deep/)
  const many = { any: Array.from({ length: 199 }, () => ({ type: "a" })) }
  assert.deepEqual(faultsOf(withCondition(many)), [])
  assert.match(faultsOf(withCondition({ all: [many] }))[0]?.[1] ?? "", /more than 200 conditions/)
  assert.match(faultsOf(withCondition(nest(5000)))[0]?.[1] ?? "", /./)
})

test("whatever value comes, our verdict is that of another validator, but for what only we look at", () => {
  const leaf = fc.constantFrom<JsonValue>(
    null,
    1,
    "a",
    true,
    [],
    {},
    { type: "a" },
    { tag: 1 },
    { any: [] },
    WHOLE.when as never,
  )
  const change = fc.tuple(fc.constantFrom(...Object.keys(WHOLE), "surplus"), leaf)
  fc.assert(
    fc.property(fc.array(change, { maxLength: 2 }), (changes) => {
      const value = { ...WHOLE, ...Object.fromEntries(changes) } as unknown as JsonObject
      assert.equal(readRule(value).ok, theirs(value), JSON.stringify(changes))
    }),
    { numRuns: 300 },
  )
})

test("patterns match from the start, without case, and hostile ones in bounded time", () => {
  const matches = (reading: ReturnType<typeof globPattern>, text: string): boolean => {
    assert.ok(reading.ok)
    return reading.pattern.search(text, new StepBudget())
  }
  const regex = (source: string) => anchoredPattern(source, { ignoreCase: true })
  assert.deepEqual(
    ["t1", "T1_mprage", "xT1"].map((text) => matches(regex("T1|T2"), text)),
    [true, true, false],
  )
  assert.equal(matches(regex("(?x) T1 # the weighting"), "t1"), true)
  assert.equal(matches(regex("(?s)a.b"), "A\nb"), true)
  assert.equal(matches(anchoredPattern("a", { ignoreCase: false }), "A"), false)
  assert.equal(matches(regex("(a+)+$"), `${"a".repeat(5000)}b`), false)
  assert.deepEqual(
    ["a.NII.gz", "b.nii", "nii", "a.nii\n"].map((text) => matches(globPattern("*.nii*"), text)),
    [true, true, false, true],
  )
  assert.deepEqual(
    ["s1", "s2", "s-", "s]"].map((text) => matches(globPattern("s[!1-]"), text)),
    [false, true, false, true],
  )
  assert.equal(matches(globPattern("a.b"), "axb"), false)
  assert.equal(matches(globPattern("a[b"), "a[b"), true)
  assert.equal(matches(globPattern("*a".repeat(50)), "a".repeat(2000)), true)
})

test("a glob without stars means just itself", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 30 }), (text) => {
      const glob = text.replaceAll(/[*?[\]]/gu, "-")
      const reading = globPattern(glob)
      assert.ok(reading.ok, glob)
      assert.equal(reading.pattern.search(glob, new StepBudget()), true)
      assert.equal(reading.pattern.search(`${glob}x`, new StepBudget()), false)
    }),
  )
})

test("ranges of versions", () => {
  const within = (range: string, version: string) => readVersionRange(range)?.(version)
  assert.deepEqual(
    ["1.1", "1.2", "1.10", "2.0-rc1", "2.0"].map((version) => within(">=1.2 <2.0", version)),
    [false, true, true, true, false],
  )
  assert.equal(within("1.2.3", "1.2.3"), true)
  assert.equal(within("<=1", "1.0"), false)
  assert.deepEqual(
    ["", ">", "a b", ">=1 =>2", "<>1"].map(readVersionRange).map((range) => range === undefined),
    [true, true, false, true, true],
  )
})

test("paths of metadata name a place or the file, and members", () => {
  assert.deepEqual(readMetadataPath("subject.info.a.b"), { of: "subject", members: ["info", "a", "b"] })
  assert.equal(typeof readMetadataPath("subject"), "string")
  assert.equal(typeof readMetadataPath("subject..a"), "string")
})

test("conditions are walked with their places", () => {
  const paths = [...walkConditions(WHOLE)].map(({ path }) => path.join("/"))
  assert.ok(paths.includes("when/all/3/holds") && paths.includes("inputs/t2"))
  assert.equal(
    mentions(WHOLE, (condition) => "job" in condition),
    true,
  )
  assert.equal(
    mentions({ when: { type: "a" } }, (condition) => "job" in condition),
    false,
  )
})

test("a rule of Flywheel's means the same", () => {
  const gear = { name: "dcm2niix", version: "1" }
  const reading = readFlywheelRule(
    {
      _id: "0",
      name: "r",
      gear_id: "5",
      all: [{ type: "file.type", value: "dicom" }],
      any: [{ type: "file.name", value: "^T1", regex: true }],
      not: [{ type: "container.has-type", value: "nifti" }],
      config: { a: 1 },
      fixed_inputs: [{ input: "atlas", type: "project", id: "abc", name: "x.nii" }],
      auto_update: false,
      disabled: true,
    },
    gear,
  )
  assert.deepEqual(reading.ok ? reading.rule : reading.faults, {
    rule: 1,
    name: "r",
    gear,
    when: { all: [{ type: "dicom" }, { any: [{ name: { regex: "^T1" } }] }, { not: { holds: { type: "nifti" } } }] },
    config: { a: 1 },
    fixed: { atlas: "abc/files/x.nii" },
    disabled: true,
  })
  const faults = (document: JsonValue): readonly string[] => {
    const found = readFlywheelRule(document, gear)
    return found.ok ? [] : found.faults.map(({ path, problem }) => `${path} ${problem}`)
  }
  assert.deepEqual(faults({ name: "r" }), ["/ it has no condition"])
  assert.deepEqual(faults({ name: "r", all: [{ type: "file.size", value: "1" }] }), [
    '/all/0 "file.size" is no type of a condition',
  ])
  assert.deepEqual(faults({ name: "r", all: [{ type: "file.type", value: "(", regex: true }] }).length, 1)
  assert.deepEqual(faults(3).length, 1)
})
