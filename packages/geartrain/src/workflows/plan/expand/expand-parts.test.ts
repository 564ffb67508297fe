import assert from "node:assert/strict"
import { test } from "node:test"
import type { Gear, OutputFile } from "@geartrain/spec"
import type { KnownFile, Scatter, StepCondition } from "@geartrain/spec/workflow"
import { digestOf, SAMPLE_STORED_GEAR } from "../../../../test/workflows/sample-plan.ts"
import { FactsSoFar } from "../decide/facts-so-far.ts"
import { limitsOf, mergePolicy } from "./draft-job.ts"
import { holds, whyNot } from "./holds.ts"
import { type Item, type Items, NO_ITEMS } from "./item.ts"
import { describeItems, sourceItems } from "./items.ts"
import { MOST_JOBS, scatterItems, tooLarge } from "./scatter.ts"
import { type Facts, joinWaits, NOTHING, type Scope, waitsOf, waitsOfResult } from "./scope.ts"
import { sourceParts } from "./source-parts.ts"
import { gearInputs, inputParts, namedFile } from "./step-inputs.ts"
import { namedValue, sourceValues } from "./values.ts"

const known = (name: string, number = 1): KnownFile => ({ name, digest: digestOf(number), sizeBytes: 1 })
const output = (path: string, number = 1): OutputFile => ({ path, digest: digestOf(number), sizeBytes: 1 })

function scopeOf(more: Partial<Scope> = {}): Scope {
  return {
    ...{ path: "", key: "", policy: {}, after: NOTHING, toldBy: [] },
    workflow: { workflow: 1, name: "w", inputs: { dir: { takes: "folder" } }, steps: {} },
    parameters: { k: 3, list: ["x", "y"], word: "lung" },
    inputs: new Map([
      ["files", [known("b_R1.fq", 1), known("a.txt", 2)]],
      ["dir", [known("dir/deep/c_R2.fq", 3)]],
      ["none", []],
    ]),
    results: new Map([
      ["made", { kind: "jobs" as const, keys: ["made[0]", "made[1]"], gear: SAMPLE_STORED_GEAR }],
      ["later", { kind: "open" as const, step: "later", gear: SAMPLE_STORED_GEAR }],
      [
        "sub",
        {
          kind: "workflow" as const,
          outputs: new Map([["all", [known("s.txt", 4)]]]),
          all: { jobs: ["sub/x"], open: [] },
        },
      ],
    ]),
    ...more,
  }
}

const item = (name: Item["name"], caught: readonly string[] = [], more: Partial<Item> = {}): Item => ({
  ...{ name, caught, after: NOTHING },
  ...more,
})
const ITEMS: Items = new Map([["r", item("a_R1.fq", ["a", "1"], { file: known("a_R1.fq", 9) })]])

function factsOf(outputs: Readonly<Record<string, readonly OutputFile[] | "skipped">> = {}): Facts {
  const facts = new FactsSoFar()
  for (const [key, value] of Object.entries(outputs)) facts.note(key, value)
  return facts
}

test("what is known of jobs is what was noted last, and open steps stay open", () => {
  const facts = new FactsSoFar()
  assert.equal(facts.outputsOf("a"), undefined)
  facts.note("a", "skipped")
  facts.note("a", [output("x")])
  assert.deepEqual([facts.outputsOf("a"), facts.keysOf()], [[output("x")], undefined])
})

test("what a step says itself goes before what holds for all, and nothing stands there undefined", () => {
  const all = { priority: 1, category: "io", keep: true }
  assert.deepEqual(mergePolicy(all, { priority: 0 }), { priority: 0, category: "io", keep: true })
  assert.deepEqual(mergePolicy(all, { priority: undefined } as never), all)
  assert.deepEqual(Object.keys(mergePolicy({}, {})), [])
})

test("resources become numbers, and what says nothing is no limit", () => {
  assert.equal(limitsOf(undefined), undefined)
  assert.equal(limitsOf({}), undefined)
  assert.deepEqual(limitsOf({ cpus: 0.5, memory: "1g", disk: "2k", time: "90s" }), {
    ...{ cpuCores: 0.5, memoryBytes: 1024 ** 3, outputBytes: 2048, timeMs: 90_000 },
  })
})

test("a value is taken from a parameter, from an item, or from what its glob caught", () => {
  const scope = scopeOf()
  const cases: readonly (readonly [string, unknown])[] = [
    ["parameters.k", 3],
    ["parameters.unset", undefined],
    ["each.r", "a_R1.fq"],
    ["each.r.2", "1"],
    ["each.r.9", ""],
  ]
  for (const [from, value] of cases) assert.deepEqual(namedValue(from, scope, ITEMS), value, from)
  for (const from of ["each.q", "inputs.files", "steps.a.o", ""])
    assert.throws(() => namedValue(from, scope, ITEMS), RangeError, from)
})

test("values of a config are as they are, taken from somewhere, or put together", () => {
  const values = sourceValues(
    {
      plain: `\${each.r}`,
      nothing: null,
      from: { from: "parameters.list" },
      unset: { from: "parameters.unset" },
      text: { text: `\${parameters.k}-\${each.r.1}\${parameters.unset}-$\${x}` },
      listed: { text: `\${parameters.list}` },
    },
    scopeOf(),
    ITEMS,
  )
  assert.deepEqual(values, {
    plain: `\${each.r}`,
    ...{ nothing: null, from: ["x", "y"], text: `3-a-\${x}`, listed: '["x","y"]' },
  })
  assert.deepEqual(sourceValues(undefined, scopeOf(), NO_ITEMS), {})
})

test("files are found by where they come from, and picked once", () => {
  const scope = scopeOf()
  assert.deepEqual(sourceParts({ from: "inputs.files", files: "*.txt" }, scope), [known("a.txt", 2)])
  assert.deepEqual(sourceParts({ from: "inputs.nowhere" }, scope), [])
  assert.deepEqual(sourceParts({ from: "each.r" }, scope, ITEMS), [known("a_R1.fq", 9)])
  assert.deepEqual(sourceParts({ from: "steps.made.out", files: "*.x" }, scope), [
    { jobs: ["made[0]", "made[1]"], output: "out", files: "*.x" },
  ])
  assert.deepEqual(sourceParts({ from: "steps.later" }, scope), [{ step: "later" }])
  assert.deepEqual(sourceParts({ from: "steps.sub.all" }, scope), [known("s.txt", 4)])
  assert.throws(() => sourceParts({ from: "steps.nowhere.out" }, scope), RangeError)
  const picked = scopeOf({ inputs: new Map([["p", [{ jobs: ["j"], files: "*.a" }]]]) })
  assert.deepEqual(sourceParts({ from: "inputs.p", files: "*.a" }, picked), [{ jobs: ["j"], files: "*.a" }])
  assert.throws(() => sourceParts({ from: "inputs.p", files: "*.b" }, picked), { code: "WORKFLOW_INVALID" })
})

test("what is waited for is told once, of files and of steps", () => {
  assert.equal(waitsOf([known("a")]), NOTHING)
  assert.deepEqual(waitsOf([{ jobs: ["a", "b"] }, { jobs: ["b"] }, { step: "s" }, known("x")]), {
    ...{ jobs: ["a", "b"], open: ["s"] },
  })
  assert.equal(joinWaits([]), NOTHING)
  const { results } = scopeOf()
  assert.deepEqual(
    ["made", "later", "sub"].map((name) => waitsOfResult(results.get(name) ?? assert.fail())),
    [
      { jobs: ["made[0]", "made[1]"], open: [] },
      { jobs: [], open: ["later"] },
      { jobs: ["sub/x"], open: [] },
    ],
  )
})

test("items are values, or files that fit, with what the glob caught", () => {
  const names = (source: Scatter["over"][string], facts = factsOf()): unknown => {
    const items = sourceItems(source, scopeOf(), facts)
    return items === "open" ? items : items.map(({ name, caught }) => [name, ...caught])
  }
  assert.deepEqual(names([1, "a", null]), [[1], ["a"], [null]])
  assert.deepEqual(names({ from: "parameters.list" }), [["x"], ["y"]])
  assert.deepEqual(names({ from: "parameters.k" }), [])
  assert.deepEqual(names({ from: "inputs.files", glob: "(*)_R(1|2).fq" }), [["b_R1.fq", "b", "1"]])
  // Of a folder, paths are taken from within it.
  assert.deepEqual(names({ from: "inputs.dir", glob: "deep/(*)_R2.fq" }), [["c_R2.fq", "c"]])
  assert.equal(names({ from: "steps.later" }), "open")
  assert.equal(names({ from: "steps.made.out" }), "open")
  const done = factsOf({ "made[0]": "skipped", "made[1]": [output("z/y.txt"), output("a.txt")] })
  assert.deepEqual(names({ from: "steps.made" }, done), [["a.txt"], ["y.txt"]])
  assert.deepEqual(describeItems(ITEMS), { r: "a_R1.fq", "r.1": "a", "r.2": "1" })
})

const scattered = (scatter: Scatter): unknown => {
  const items = scatterItems(scatter, { step: "s", scope: scopeOf() }, factsOf())
  return items === "open" ? items : items.map((one) => [...one.values()].map(({ name }) => name).join(""))
}

test("a scatter goes over the first with the first, or each with each, the last name turning fastest", () => {
  assert.deepEqual(scattered({ over: { a: [1, 2] } }), ["1", "2"])
  assert.deepEqual(scattered({ over: { a: [1, 2], b: ["x", "y"] }, by: "zip" }), ["1x", "2y"])
  assert.deepEqual(scattered({ over: { a: [1, 2], b: ["x", "y"] }, by: "cross" }), ["1x", "1y", "2x", "2y"])
  assert.deepEqual(scattered({ over: { a: [1, 2], b: [] }, by: "cross" }), [])
  assert.equal(scattered({ over: { a: [1], b: { from: "steps.later" } }, by: "cross" }), "open")
})

test("lists of other lengths are refused, and so is more than a plan can have, before it is made", () => {
  assert.throws(() => scattered({ over: { a: [1, 2], b: [1] }, by: "zip" }), {
    ...{ code: "WORKFLOW_FILES_UNFIT", message: /"a" has 2 items and "b" 1/ },
  })
  const long = Array.from({ length: 1_001 }, (_, index) => index)
  assert.throws(() => scattered({ over: { a: long, b: long }, by: "cross" }), { code: "WORKFLOW_TOO_LARGE" })
  assert.match(tooLarge("s", MOST_JOBS + 1).message, /1000001 jobs, and a plan has at most 1000000/)
})

const condition = (when: StepCondition, facts = factsOf()): boolean | "open" =>
  holds(when, { scope: scopeOf(), items: ITEMS, facts })

test("a condition holds, does not, or is open, and what decides alone decides", () => {
  const yes: StepCondition = { value: "parameters.k", equals: 3 }
  const no: StepCondition = { value: "parameters.k", atLeast: 4 }
  const open: StepCondition = { exists: "steps.made.out" }
  const cases: readonly (readonly [StepCondition, boolean | "open"])[] = [
    [{ all: [] }, true],
    [{ any: [] }, false],
    [{ all: [yes, open] }, "open"],
    [{ all: [open, no] }, false],
    [{ any: [open, yes] }, true],
    [{ any: [no, open] }, "open"],
    [{ not: open }, "open"],
    [{ not: no }, true],
    [{ value: "parameters.k", atLeast: 3, atMost: 3 }, true],
    [{ value: "parameters.word", atLeast: 0 }, false],
    [{ value: "parameters.unset", equals: null }, true],
    [{ value: "parameters.list", equals: ["x", "y"] }, true],
    [{ value: "parameters.word", in: ["liver", "lung"] }, true],
    [{ value: "each.r", fits: "*_R1.fq" }, true],
    [{ value: "parameters.k", fits: "*" }, false],
    [{ exists: "inputs.files" }, true],
    [{ exists: "inputs.none" }, false],
    [{ exists: "steps.later" }, "open"],
  ]
  for (const [when, expected] of cases) assert.equal(condition(when), expected, JSON.stringify(when))
})

test("whether files are there is known as soon as one is, or all jobs have ended without", () => {
  const when: StepCondition = { exists: "steps.made" }
  assert.equal(condition(when, factsOf({ "made[1]": [output("x")] })), true)
  assert.equal(condition(when, factsOf({ "made[0]": [] })), "open")
  assert.equal(condition(when, factsOf({ "made[0]": [], "made[1]": "skipped" })), false)
})

test("the part that does not hold is named, with its value", () => {
  const place = { scope: scopeOf(), items: ITEMS, facts: factsOf() }
  const no: StepCondition = { value: "parameters.k", equals: 4 }
  const cases: readonly (readonly [StepCondition, object])[] = [
    [no, { of: "parameters.k", value: 3 }],
    [{ all: [{ value: "parameters.k", equals: 3 }, no] }, { of: "parameters.k", value: 3 }],
    [{ any: [{ value: "each.r", equals: "b" }] }, { of: "each.r", value: "a_R1.fq" }],
    [{ any: [] }, { of: "when" }],
    [{ not: { value: "parameters.unset", equals: null } }, { of: "parameters.unset", value: null }],
    [{ exists: "inputs.none" }, { of: "exists inputs.none" }],
  ]
  for (const [when, expected] of cases) assert.deepEqual(whyNot(when, place), expected, JSON.stringify(when))
})

const GEAR = {
  ...SAMPLE_STORED_GEAR,
  manifest: {
    ...SAMPLE_STORED_GEAR.manifest,
    inputs: { need: { base: "file" }, may: { base: "file", optional: true }, key: { base: "context" } },
  },
} as unknown as Gear

test("inputs of a gear are worked out once, but those that hang on the item", () => {
  const place = { scope: scopeOf(), files: { ":ref.fa": [known("ref.fa", 5)] } }
  const inputs = gearInputs(
    { need: { from: "each.r" }, may: { file: "ref.fa" }, key: { value: "secret" } },
    GEAR,
    place,
  ).of(ITEMS)
  assert.deepEqual(inputs, {
    need: { takes: "file", parts: [known("a_R1.fq", 9)] },
    may: { takes: "file", parts: [known("ref.fa", 5)] },
    key: { takes: "value", value: "secret" },
  })
  const fixed = gearInputs({ need: { from: "inputs.files" } }, GEAR, place)
  assert.equal(fixed.of(ITEMS), fixed.of(NO_ITEMS))
  assert.deepEqual(gearInputs(undefined, GEAR, place).of(ITEMS), {})
})

test("an optional input that gets nothing is left away, one that is needed is not", () => {
  const place = { scope: scopeOf(), files: {} }
  const sources = { need: { from: "inputs.none" }, may: { from: "inputs.none" } }
  assert.deepEqual(gearInputs(sources, GEAR, place).of(NO_ITEMS), { need: { takes: "file", parts: [] } })
})

test("sources follow one after the other, and files are known by the step whose document names them", () => {
  const place = { scope: scopeOf({ path: "qc/" }), files: { "qc:r": [known("r", 5)] } }
  assert.deepEqual(inputParts([{ from: "each.r" }, { from: "steps.later" }], place, ITEMS), [
    known("a_R1.fq", 9),
    { step: "later" },
  ])
  assert.deepEqual(inputParts({ file: "r" }, place, NO_ITEMS), [known("r", 5)])
  assert.deepEqual([inputParts({ file: "x" }, place, NO_ITEMS), inputParts({ value: 1 }, place, NO_ITEMS)], [[], []])
  assert.deepEqual([namedFile("", "r"), namedFile("a/b/", "./r")], [":r", "a/b:./r"])
})
