import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError, type JsonValue } from "@geartrain/spec"
import type { Workflow } from "@geartrain/spec/workflow"
import { readWorkflowValue } from "@geartrain/spec/workflow-reading"
import { parse } from "yaml"
import { caught, exists, matching, text, where } from "./source-words.ts"
import { toYaml } from "./to-yaml.ts"
import { workflow } from "./workflow.ts"

const ALIGN = {
  config: { k: { type: "integer" }, label: { type: "string" } },
  inputs: { reads: { base: "file" }, genome: { base: "file" } },
  custom: { geartrain: { outputs: { bam: { files: ["out.bam"] } } } },
} as const

function variants(): ReturnType<typeof workflow> {
  const study = workflow("variants", { defaults: { retry: { attempts: 2 } }, limits: { jobs: 4 } })
  const k = study.parameter("k", { type: "integer", minimum: 1, default: 21 })
  const modes = study.parameter("modes", { type: "list", default: ["fast"] })
  const reads = study.input("reads", { takes: "files" })
  const genome = study.input("genome", { default: "genome.fa" })
  const scans = study.input("scans", { optional: true })
  const index = study.step("index", { gear: "./index", inputs: { genome }, resources: { memory: "2g" } })
  const align = study.scatter(
    "align",
    { over: { part: matching(reads, "(*)_R1.fq"), mode: modes, round: [1, 2] }, by: "cross" },
    ({ part, mode, round }) => ({
      gear: "align@1.0.0",
      manifest: ALIGN,
      inputs: { reads: part, genome: [genome, index.files("*.idx")] },
      config: { k, label: text`${caught(part, 1)}-${mode}-${round} costs $\{5}` },
      when: { all: [where(k, { atLeast: 3 }), where(caught(part, 1), { fits: "sub*" })] },
    }),
  )
  const qc = study.step("qc", {
    workflow: "./qc.yaml",
    inputs: { bams: align.output("bam"), table: { file: "table.csv" } },
    parameters: { k },
    after: [index],
    when: exists(scans),
  })
  study.output("report", qc.output("report"))
  return study
}

const WANTED: Workflow = {
  workflow: 1,
  name: "variants",
  defaults: { retry: { attempts: 2 } },
  limits: { jobs: 4 },
  parameters: { k: { type: "integer", minimum: 1, default: 21 }, modes: { type: "list", default: ["fast"] } },
  inputs: { reads: { takes: "files" }, genome: { default: "genome.fa" }, scans: { optional: true } },
  steps: {
    index: { gear: "./index", inputs: { genome: { from: "inputs.genome" } }, resources: { memory: "2g" } },
    align: {
      gear: "align@1.0.0",
      inputs: {
        reads: { from: "each.part" },
        genome: [{ from: "inputs.genome" }, { from: "steps.index", files: "*.idx" }],
      },
      config: {
        k: { from: "parameters.k" },
        label: { text: `\${each.part.1}-\${each.mode}-\${each.round} costs $\${5}` },
      },
      when: {
        all: [
          { value: "parameters.k", atLeast: 3 },
          { value: "each.part.1", fits: "sub*" },
        ],
      },
      scatter: {
        over: { part: { from: "inputs.reads", glob: "(*)_R1.fq" }, mode: { from: "parameters.modes" }, round: [1, 2] },
        by: "cross",
      },
    },
    qc: {
      workflow: "./qc.yaml",
      inputs: { bams: { from: "steps.align.bam" }, table: { file: "table.csv" } },
      parameters: { k: { from: "parameters.k" } },
      when: { exists: "inputs.scans" },
      after: ["index"],
    },
  },
  outputs: { report: { from: "steps.qc.report" } },
}

test("what is written in TypeScript is the document", () => {
  assert.deepEqual(variants().toJson(), WANTED)
})

test("its YAML is read as the same document", () => {
  const yaml = variants().toYaml()
  assert.deepEqual(parse(yaml, { schema: "core" }), WANTED)
  assert.deepEqual(readWorkflowValue(parse(yaml) as JsonValue).faults, [])
  assert.match(yaml, /^workflow: 1\nname: variants\n/)
  assert.match(yaml, /\n {2}index:\n {4}gear: \.\/index\n {4}inputs: \{ genome: \{ from: inputs\.genome \} \}\n/)
})

test("names of outputs, inputs and config are those of a manifest that is given", () => {
  const study = workflow("w")
  const reads = study.input("reads")
  const align = study.step("align", { gear: "align", manifest: ALIGN, inputs: { reads } })
  assert.deepEqual(align.output("bam"), { from: "steps.align.bam" })
  // @ts-expect-error -- the manifest has no such output
  align.output("bma")
  // @ts-expect-error -- the manifest has no such input
  study.step("b", { gear: "align", manifest: ALIGN, inputs: { raeds: reads } })
  // @ts-expect-error -- files are no config value
  study.step("c", { gear: "align", manifest: ALIGN, config: { k: align } })
  // @ts-expect-error -- an integer is no text
  study.parameter("k", { type: "integer", default: "1" })
})

test("what is wrong is told, all at once, and a name is given once", () => {
  const study = workflow("w")
  study.step("a", { gear: "g", inputs: { x: { from: "steps.b.y" } } })
  study.output("z", { from: "inputs.none" })
  assert.throws(
    () => study.toYaml(),
    (error) => {
      assert.ok(isGeartrainError(error, "WORKFLOW_INVALID"))
      assert.equal(
        error.message,
        `Cannot write workflow "w"
  /steps/a/inputs/x/from: there is no step "b": write one of "a"
  /outputs/z/from: there is no input "none": remove it, since there is none`,
      )
      return true
    },
  )
  assert.throws(() => study.step("a", { gear: "h" }), { code: "WORKFLOW_INVALID" })
  assert.throws(() => workflow("w").toJson(), { code: "WORKFLOW_INVALID" })
})

test("any value is the same again after it was written as YAML", () => {
  const values: readonly JsonValue[] = [
    null,
    true,
    "yes",
    "No",
    "1e3",
    "0x10",
    "~",
    "a: b",
    "- a",
    "#x",
    "",
    " ",
    "é\n\u2028\"'\\",
    "null",
    ".inf",
    "2001-01-01",
    [],
    {},
    [[], {}, [[1, [2, [3]]]]],
    { a: { b: { c: { d: [{ e: 1, f: { g: "h" } }, "i"] } } }, "1": "x", "k k": { "": [] } },
    { long: Array.from({ length: 60 }, (_, index) => `item-${index}`) },
    [{ a: { b: { c: 1 } } }, [{ x: { y: { z: 1 } } }]],
  ]
  for (const value of values) assert.deepEqual(parse(toYaml(value), { schema: "core" }), value, toYaml(value))
})

test("a list of very many values is written as one", () => {
  const values = Array.from({ length: 200_000 }, (_, index) => index)
  assert.deepEqual(parse(toYaml({ values })), { values })
})
