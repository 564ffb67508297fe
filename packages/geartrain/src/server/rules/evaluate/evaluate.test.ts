import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError, type JsonValue, StepBudget } from "@geartrain/spec"
import { COMPARISONS, type Rule, type RuleCondition } from "@geartrain/spec/rules"
import fc from "fast-check"
import { checkLoop } from "./check-loop.ts"
import { evaluateCondition } from "./evaluate-condition.ts"
import { evaluateRule } from "./evaluate-rule.ts"
import { decisiveParts, type Explained, explainedReason } from "./explained.ts"
import type { FileFacts, PlaceFacts, RuleFacts } from "./rule-facts.ts"
import { testMetadata } from "./test-metadata.ts"
import { readyText } from "./test-text.ts"

function file(name: string, more: Partial<FileFacts> = {}): FileFacts {
  return {
    id: name,
    version: 1,
    name,
    digest: `sha256:${name}`,
    sizeBytes: 1,
    place: "acq",
    classification: {},
    tags: [],
    info: {},
    ...more,
  }
}

function place(id: string, level: PlaceFacts["level"], parent: string, fields: PlaceFacts["fields"] = {}): PlaceFacts {
  return { id, level, label: id, parent, path: id, fields }
}

const PLACES = new Map(
  [
    place("acq", "acquisition", "ses"),
    place("other", "acquisition", "ses"),
    place("ses", "session", "sub", { info: { age: 40, day: "2026-01-02" } }),
    place("sub", "subject", "pro", { sex: "female" }),
    place("pro", "project", "lab", { info: { consent: true } }),
  ].map((one) => [one.id, one]),
)

const SCAN = file("Scan.DCM.zip", {
  type: "dicom",
  modality: "MR",
  classification: { Intent: ["Structural"], Measurement: ["T1", "T2"] },
  tags: ["good"],
  info: { echo: 2, none: null },
  zipMembers: ["a/1.dcm"],
})
const MASK = file("mask.nii.gz", { type: "nifti", madeBy: { job: "j1", gear: "bet", version: "1.10" } })

const FACTS: RuleFacts = {
  file: SCAN,
  places: PLACES,
  files: [SCAN, MASK, file("flair.nii", { place: "other", type: "nifti" })],
  jobs: [
    { id: "j0", gear: "qc", version: "0.9", state: "failed", destination: "acq", inputs: [] },
    { id: "j2", gear: "qc", version: "2.1", state: "complete", destination: "other", inputs: ["Scan.DCM.zip"] },
    { id: "j3", gear: "far", version: "1", state: "complete", destination: "other", inputs: [] },
  ],
}

function explain(condition: RuleCondition, about: FileFacts = SCAN): Explained {
  return evaluateCondition(condition, about, { facts: FACTS, budget: new StepBudget() })
}

test("each test tells what there is and what is wanted", () => {
  const told = (condition: RuleCondition): readonly [boolean, string] => {
    const { holds, says } = explain(condition)
    return [holds, says]
  }
  assert.deepEqual(told({ type: "DICOM" }), [true, 'its type is "dicom"'])
  assert.deepEqual(told({ type: "nifti" }), [false, 'its type is "dicom", wanted "nifti"'])
  assert.deepEqual(told({ type: { regex: "dic" } }), [true, 'its type is "dicom"'])
  assert.deepEqual(told({ type: { regex: "com" } })[0], false)
  assert.deepEqual(told({ name: "*.dcm.ZIP" }), [true, 'its name is "Scan.DCM.zip"'])
  assert.deepEqual(told({ classification: "t2" }), [true, 'its classification is "T2"'])
  assert.deepEqual(told({ tag: "bad" }), [false, 'it is tagged "good", wanted "bad"'])
  assert.deepEqual(told({ zipMember: "*.dcm" })[0], true)
  assert.deepEqual(told({ holds: { type: "nifti" } }), [true, 'the place holds "mask.nii.gz", which fits'])
  assert.deepEqual(told({ holds: { name: "flair*" } })[0], false)
  assert.deepEqual(told({ job: { gear: "qc", versions: ">=2", state: "complete" } }), [
    true,
    "job j2 of qc 2.1 is complete",
  ])
  assert.deepEqual(told({ job: { gear: "qc", versions: "<2", state: "complete" } }), [
    false,
    "there is job j2 of qc 2.1, which is complete, wanted a complete job of qc <2",
  ])
  assert.deepEqual(told({ job: { gear: "far", state: "complete" } })[0], false)
  assert.deepEqual(told({ madeBy: { gear: "bet" } }), [false, "it is no output of a job, wanted an output of bet"])
  assert.equal(explain({ madeBy: { gear: "bet", versions: ">1.9" } }, MASK).holds, true)
})

test("metadata is compared by its kind, and what is not there fits nothing", () => {
  const holds = (metadata: string, comparison: (typeof COMPARISONS)[number], bound: JsonValue): boolean =>
    testMetadata({ metadata, [comparison]: bound }, SCAN, { facts: FACTS, budget: new StepBudget() }).holds
  assert.equal(holds("session.info.age", "above", 39), true)
  assert.equal(holds("session.info.age", "atMost", 39), false)
  assert.equal(holds("session.info.age", "below", "50"), false)
  assert.equal(holds("session.info.day", "atLeast", "2026-01-01"), true)
  assert.equal(holds("file.info.echo", "equals", 2), true)
  assert.equal(holds("file.tags", "equals", ["good"]), true)
  assert.equal(holds("subject.sex", "differs", "male"), true)
  assert.equal(holds("subject.sex", "matches", "fe"), true)
  assert.equal(holds("subject.sex", "matches", "FE"), false)
  assert.equal(holds("project.info.consent", "exists", true), true)
  assert.equal(holds("file.info.none", "exists", false), true)
  assert.equal(holds("file.info.constructor", "exists", true), false)
  assert.equal(holds("analysis.label", "exists", false), true)
  for (const comparison of COMPARISONS.filter((name) => name !== "exists")) {
    assert.equal(holds("file.info.gone", comparison, "x"), false, comparison)
  }
  assert.equal(explain({ metadata: "session.info.age", below: 18 }).says, "session.info.age is 40, wanted below 18")
})

test("what decides is told, and what must not be as that", () => {
  const failing = explain({ all: [{ type: "dicom" }, { not: { any: [{ tag: "good" }, { tag: "bad" }] } }] })
  assert.equal(failing.holds, false)
  assert.equal(explainedReason(failing), 'it is tagged "good", which must not be')
})

test("what must not be and is not is told without a wish", () => {
  const holding = explain({ all: [{ not: { tag: "bad" } }, { metadata: "file.info.echo", equals: 2 }] })
  assert.equal(explainedReason(holding), 'it is tagged "good", and not "bad"; file.info.echo is 2')
  assert.equal(explain({ metadata: "file.info.echo", equals: 3 }).says, "file.info.echo is 2, wanted 3")
})

test("files are taken together when just one fits each input", () => {
  const rule: Pick<Rule, "inputs"> = { inputs: { t1: { type: "dicom" }, mask: { name: "mask*" } } }
  const verdict = evaluateRule(rule, FACTS, "")
  assert.equal(verdict.outcome, "fits")
  assert.deepEqual(
    Object.entries(verdict.chosen).map(([input, { name }]) => `${input}=${name}`),
    ["t1=Scan.DCM.zip", "mask=mask.nii.gz"],
  )
  const twice = evaluateRule({ inputs: { t1: { type: "dicom" }, mask: { type: "nifti" } } }, FACTS, "")
  assert.deepEqual(
    [twice.outcome, twice.says, twice.chosen],
    ["ambiguous", 'More than one file fits input "mask": "mask.nii.gz", "flair.nii"', {}],
  )
  const waiting = evaluateRule({ inputs: { t1: { type: "dicom" }, atlas: { type: "mgh" } } }, FACTS, "")
  assert.equal(waiting.outcome, "waiting")
  const none = evaluateRule({ inputs: { mask: { type: "nifti" } } }, FACTS, "")
  assert.equal(none.outcome, "does-not-fit")
  assert.match(none.says, /fits no input: for input "mask", its type is "dicom", wanted "nifti"/)
  assert.deepEqual(Object.keys(evaluateRule({}, FACTS, "scan").chosen), ["scan"])
  assert.match(evaluateRule({ when: { type: "x" } }, FACTS, "scan").says, /^"Scan.DCM.zip" does not fit: its type/)
})

test("a rule whose patterns take too long is told so", () => {
  const names = file("a".repeat(200))
  const files = Array.from({ length: 3000 }, (_, n) => ({ ...names, id: String(n), place: "acq" }))
  const rule = { when: { holds: { name: { regex: "(a?){100}(a+)+b" } } } }
  assert.throws(
    () => evaluateRule(rule, { ...FACTS, files, file: names }, ""),
    (error) => isGeartrainError(error, "RULE_TOO_COSTLY"),
  )
  assert.throws(() => readyText({ regex: "(" }, { budget: new StepBudget(), glob: false }).matches(""), TypeError)
})

test("no rule goes round", () => {
  const gear = { name: "bet", version: "1" }
  const chain = Array.from({ length: 8 }, (_, n) => ({ rule: `r${n % 2}`, job: `j${n}` }))
  assert.match(checkLoop({ gear }, { chain: [], files: [MASK] }) ?? "", /output of bet itself, by job j1/)
  assert.equal(checkLoop({ gear, loops: { ownOutputs: true } }, { chain: [], files: [MASK] }), undefined)
  assert.match(checkLoop({ gear }, { chain, files: [] }) ?? "", /^8 jobs of rules in a row/)
  assert.equal(checkLoop({ gear, loops: { depth: 9 } }, { chain, files: [] }), undefined)
})

const texts = fc.constantFrom("dicom", "nifti", "good", "MR", "T1", "*", "mask*")
const condition: fc.Arbitrary<RuleCondition> = fc.letrec<{ one: RuleCondition }>((tie) => ({
  one: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.record({ type: texts }),
    fc.record({ name: texts }),
    fc.record({ tag: texts }),
    fc.record({ classification: fc.record({ regex: fc.constantFrom("T", "S.*", "x") }) }),
    fc.record({
      metadata: fc.constantFrom("session.info.age", "file.info.echo", "file.info.x"),
      below: fc.integer({ min: 0, max: 50 }),
    }),
    fc.record({ holds: fc.record({ type: texts }) }),
    fc.record({ all: fc.array(tie("one"), { minLength: 1, maxLength: 3 }) }),
    fc.record({ any: fc.array(tie("one"), { minLength: 1, maxLength: 3 }) }),
    fc.record({ not: tie("one") }),
  ),
})).one
const about = fc.constantFrom(...FACTS.files)

/** The verdict that an explanation's leaves alone make. */
function verdictOf(explained: Explained): boolean {
  const parts = explained.parts ?? []
  if (explained.test === "all") return parts.every(verdictOf)
  if (explained.test === "any") return parts.some(verdictOf)
  if (explained.test === "not") return parts.every((part) => !verdictOf(part))
  return explained.holds
}

test("an explanation agrees with its verdict, and has a decisive sentence that is true", () => {
  fc.assert(
    fc.property(condition, about, (one, file) => {
      const explained = explain(one, file)
      assert.equal(verdictOf(explained), explained.holds)
      const deciding = decisiveParts(explained)
      assert.ok(deciding.length > 0 && deciding.every(({ says }) => says !== ""))
      assert.notEqual(explainedReason(explained), "")
    }),
  )
})

test("laws of not, any and all", () => {
  const holds = (one: RuleCondition, file: FileFacts) => explain(one, file).holds
  fc.assert(
    fc.property(condition, condition, about, (a, b, file) => {
      assert.equal(holds({ not: { not: a } }, file), holds(a, file))
      assert.equal(holds({ not: { all: [a, b] } }, file), holds({ any: [{ not: a }, { not: b }] }, file))
      assert.equal(holds({ not: { any: [a, b] } }, file), holds({ all: [{ not: a }, { not: b }] }, file))
      assert.equal(holds({ all: [a, b] }, file), holds({ all: [b, a] }, file))
      assert.equal(holds({ any: [a, { all: [a, b] }] }, file), holds(a, file))
      assert.equal(holds({ all: [a] }, file), holds({ any: [a] }, file))
    }),
  )
})

test("a rule fires for a file just when its explanation says so", () => {
  fc.assert(
    fc.property(condition, about, (when, file) => {
      const verdict = evaluateRule({ when }, { ...FACTS, file }, "in")
      assert.equal(verdict.outcome === "fits", verdict.when?.holds)
      assert.equal(Object.keys(verdict.chosen).length, verdict.outcome === "fits" ? 1 : 0)
    }),
  )
})
