import assert from "node:assert/strict"
import { test } from "node:test"
import ajv2020 from "ajv/dist/2020.js"
import type { JsonObject, JsonValue } from "../../json/json-value.ts"
import { validateDraft04 } from "../../schema/validate-draft-04.ts"
import type { Workflow } from "../../workflow/workflow.ts"
import { WORKFLOW_SCHEMA } from "../workflow-schema.ts"
import { readWorkflowValue } from "./read-workflow-value.ts"

// Written in CommonJS: its default export is a member of what Node takes for the default export.
const Ajv = ajv2020.default
const theirs = new Ajv({ strict: true, strictRequired: false, strictTypes: false }).compile(WORKFLOW_SCHEMA)

const WHOLE: Workflow = {
  workflow: 1,
  name: "variants.v2",
  description: "All that there is",
  parameters: {
    kmer: { type: "integer", default: 21, minimum: 1, maximum: 31, description: "Length" },
    modes: { type: "list", enum: ["fast", "slow"], default: ["fast"] },
    skip: { type: "boolean", default: false },
    label: { type: "string" },
    part: { type: "number", default: 0.5 },
  },
  inputs: {
    reads: { takes: "files", type: "fastq", description: "Reads" },
    genome: { default: "data/genome.fa" },
    scans: { takes: "folder", optional: true },
  },
  defaults: { retry: { attempts: 2 }, category: "small", priority: 1 },
  limits: { jobs: 4, cpus: 2.5, memory: "8g", categories: { small: 2 } },
  steps: {
    split: { gear: "split@1.0.0", inputs: { reads: { from: "inputs.reads" } }, config: { parts: 8, on: true, l: [1] } },
    align: {
      gear: "./align",
      description: "One part",
      scatter: {
        over: { part: { from: "steps.split.parts", glob: "(*)_R1.fq" }, mode: { from: "parameters.modes" } },
        by: "cross",
      },
      inputs: {
        reads: { from: "each.part" },
        genome: { from: "inputs.genome" },
        table: { file: "t.csv" },
        c: { value: 1 },
      },
      config: {
        name: { text: `\${each.part.1}-\${parameters.label}` },
        k: { from: "parameters.kmer" },
        mode: { from: "each.mode" },
      },
      when: {
        all: [{ not: { value: "parameters.skip", equals: true } }, { any: [{ value: "each.part.1", fits: "a*" }] }],
      },
      resources: { cpus: 1, memory: "2g", disk: "10g", time: "2h30m", gpu: 0 },
      retry: { attempts: 3, on: ["memory", "machine"], grow: { memory: 2 } },
      reuse: "never",
      keep: true,
      network: "outbound",
      acceptExitCodes: [3],
    },
    qc: {
      workflow: "./qc.yaml",
      inputs: { all: [{ from: "steps.align.bam" }, { from: "inputs.reads", files: "*.fq" }] },
      parameters: { k: { from: "parameters.kmer" } },
      after: ["split"],
      when: { exists: "inputs.scans" },
    },
  },
  outputs: {
    bam: { from: "steps.align.bam" },
    report: { from: "steps.qc.report" },
    log: { from: "steps.split", files: "*.log" },
  },
}

function faultsOf(change: JsonObject, base: Workflow = WHOLE): readonly string[] {
  const value = { ...(base as unknown as JsonObject), ...change }
  return readWorkflowValue(value).faults.map(({ path, problem, fix }) => `${path.join("/")}: ${problem} → ${fix}`)
}

test("a workflow with every member is valid by both validators, and nothing is wrong with it", () => {
  assert.equal(theirs(WHOLE), true, JSON.stringify(theirs.errors))
  assert.deepEqual(faultsOf({}), [])
})

test("both validators agree on what is no workflow", () => {
  const step: JsonObject = { gear: "g" }
  const wrong: readonly JsonObject[] = [
    { workflow: 2 },
    { name: "" },
    { name: "a b" },
    { steps: {} },
    { steps: { a: {} } },
    { steps: { a: { ...step, workflow: "x" } } },
    { steps: { a: { ...step, inputs: { x: [] } } } },
    { steps: { a: { ...step, inputs: { x: "inputs.y" } } } },
    { steps: { a: { ...step, config: { x: { y: 1 } } } } },
    { steps: { a: { ...step, scatter: { over: {} } } } },
    { steps: { a: { ...step, scatter: { over: { x: 5 } } } } },
    { steps: { a: { ...step, when: {} } } },
    { steps: { a: { ...step, when: { value: "parameters.k" } } } },
    { steps: { a: { ...step, when: { value: "a", equals: 1, exists: "b" } } } },
    { steps: { a: { ...step, retry: { attempts: 0 } } } },
    { steps: { a: { ...step, retry: { attempts: 1, on: ["luck"] } } } },
    { steps: { a: { ...step, acceptExitCodes: [0] } } },
    { steps: { a: { ...step, network: "inbound" } } },
    { steps: { a: { ...step, after: ["b", "b"] } } },
    { parameters: { k: { type: "object" } } },
    { inputs: { k: { takes: "two" } } },
    { outputs: { k: "steps.a.b" } },
    { limits: { jobs: 0 } },
    { surplus: 1 },
  ]
  for (const change of wrong) {
    const value: JsonValue = { ...(WHOLE as unknown as JsonObject), ...change }
    assert.equal(theirs(value), false, JSON.stringify(change))
    assert.notEqual(validateDraft04(WORKFLOW_SCHEMA, value).length, 0, JSON.stringify(change))
  }
})

test("what the schema refuses is told in words that mend it", () => {
  const step: JsonObject = { gear: "g" }
  const cases: readonly (readonly [JsonObject, string])[] = [
    [{ stepz: 1 }, 'stepz: "stepz" is not known here → Rename it to "steps"'],
    [
      { steps: { a: { gaer: "g" } } },
      "steps/a: a step has either a gear or a workflow → Write gear: NAME@VERSION, or workflow: ./FILE",
    ],
    [{ steps: { a: { ...step, input: {} } } }, 'steps/a/input: "input" is not known here → Rename it to "inputs"'],
    [
      { steps: { a: { ...step, inputs: { x: "inputs.reads" } } } },
      "steps/a/inputs/x: an input says where its files come from → Write { from: inputs.NAME }, a list of such, { file: PATH } or { value: … }",
    ],
    [
      { steps: { a: { ...step, inputs: { x: { from: "inputs.reads", file: "x" } } } } },
      "steps/a/inputs/x: an input says where its files come from → Write { from: inputs.NAME }, a list of such, { file: PATH } or { value: … }",
    ],
    [
      { steps: { a: { ...step, config: { x: { form: "parameters.kmer" } } } } },
      "steps/a/config/x: a value is a text, a number, true, false or a list, or says where it comes from → Write a value, { from: parameters.NAME } or { text: … }",
    ],
    [
      { steps: { a: { ...step, scatter: { over: { x: "a" } } } } },
      "steps/a/scatter/over/x: a scatter goes over a list, or over what a source gives → Write a list, or { from: inputs.NAME }",
    ],
    [
      { steps: { a: { ...step, when: { if: 1 } } } },
      "steps/a/when: a condition is an object with one of all, any, not, value and exists → Write for example { value: parameters.NAME, equals: 1 }",
    ],
    [
      { steps: { a: { ...step, when: { value: "parameters.kmer", is: 3 } } } },
      'steps/a/when/is: "is" is not known here → Remove it; there are value, equals, in, atLeast, atMost and fits',
    ],
    [
      { steps: { a: { ...step, retry: { attempts: 2, on: ["memroy"] } } } },
      'steps/a/retry/on/0: found "memroy", wanted one of "memory", "time", "disk", "machine", "exit" → Write memory',
    ],
    [{ steps: {} }, "steps: there is no step → Add one"],
    [
      { name: "a b" },
      'name: found "a b", wanted what matches the pattern ^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$ → Begin with a letter or a digit, and use letters, digits, -, _ and . only',
    ],
  ]
  for (const [change, told] of cases)
    assert.ok(faultsOf({ outputs: {}, ...change }).includes(told), faultsOf(change).join("\n"))
})

test("a step that cannot be read hides nothing of the others, and is not said to be missing", () => {
  const steps: JsonObject = { a: { gaer: "g" }, b: { gear: "g", after: ["a", "c"] } }
  assert.deepEqual(faultsOf({ outputs: {}, steps, limits: {}, defaults: { priorty: 1 } }), [
    "steps/a: a step has either a gear or a workflow → Write gear: NAME@VERSION, or workflow: ./FILE",
    'defaults/priorty: "priorty" is not known here → Rename it to "priority"',
    'steps/b/after/1: there is no step "c" → Write one of "b"',
  ])
})

test("what is no object is told, too", () => {
  for (const value of [null, 5, "x", [], {}]) assert.notEqual(readWorkflowValue(value).faults.length, 0)
  assert.equal(readWorkflowValue([]).workflow, undefined)
})

test("names of JavaScript's own are names like others", () => {
  const value = JSON.parse(
    '{"workflow":1,"name":"w","steps":{"constructor":{"gear":"g","inputs":{"toString":{"from":"steps.valueOf.x"}}}}}',
  ) as JsonValue
  assert.deepEqual(
    readWorkflowValue(value).faults.map(({ problem }) => problem),
    ['there is no step "valueOf"'],
  )
  const proto = JSON.parse('{"workflow":1,"name":"w","steps":{"__proto__":{"gear":"g"}}}') as JsonValue
  assert.match(readWorkflowValue(proto).faults[0]?.problem ?? "", /cannot be a name/)
})
