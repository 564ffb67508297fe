import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import type { KnownFile, Workflow } from "@geartrain/spec/workflow"
import { sampleGear, sampleWorkflow } from "../../../test/workflows/workshop.ts"
import { type FileReading, readGivenFiles } from "./given-files.ts"
import type { WorkflowToPlan } from "./plan-request.ts"

const DIGEST = sampleGear("count").id

const READING: FileReading = {
  readFile: async (path, name): Promise<KnownFile> => ({ name, path, digest: DIGEST, sizeBytes: 1 }),
  listFolder: async (path) => ["a.nii", "x/b.nii"].map((file) => [`DS/${file}`, `${path}/${file}`] as const),
}

function toPlan(documents: Readonly<Record<string, Workflow>>): WorkflowToPlan {
  const read = Object.entries(documents).map(([path, workflow]) => [path, { folder: "/w", workflow }] as const)
  return { digest: DIGEST, documents: new Map(read), gears: new Map() }
}

const INPUTS = {
  one: {},
  some: { takes: "files" },
  data: { takes: "folder", default: "study" },
  maybe: { optional: true },
} as const

test("files are read by their names, folders with their own, and what is not given from beside the workflow", async () => {
  const workflow = sampleWorkflow({ inputs: INPUTS, steps: {} })
  const given = new Map([
    ["one", ["a b.txt"]],
    ["some", ["x/1.fq", "y/ü.fq"]],
  ])
  const { inputs } = await readGivenFiles(toPlan({ "": workflow }), given, READING)
  const named = Object.fromEntries(
    Object.entries(inputs).map(([name, files]) => [name, files.map((file) => file.name)]),
  )
  assert.deepEqual(named, { one: ["a b.txt"], some: ["1.fq", "ü.fq"], data: ["DS/a.nii", "DS/x/b.nii"] })
  assert.equal(inputs["data"]?.[1]?.path, "/w/study/x/b.nii")
})

test("everything that is wrong with what is given is told at once", async () => {
  const workflow = sampleWorkflow({ inputs: INPUTS, steps: {} })
  const given = new Map([
    ["data", ["a", "b"]],
    ["sme", ["a"]],
  ])
  await assert.rejects(readGivenFiles(toPlan({ "": workflow }), given, READING), (error) => {
    assert.ok(isGeartrainError(error, "WORKFLOW_INPUTS_INVALID"))
    assert.equal(
      error.message,
      `Cannot take the files for workflow "sample":
  input "sme" is not known: did you mean "some"?
  input "one" is missing: give it with --input one=PATH
  input "some" is missing: give it with --input some=PATH
  input "data" takes one folder, and 2 are given`,
    )
    return true
  })
})

test("files that steps name, and that sub-workflows have by default, are read once each", async () => {
  const step = { gear: "count", inputs: { text: { file: "table.csv" } } }
  const inner = sampleWorkflow({ inputs: { given: { default: "inner.csv" } }, steps: { one: step, two: step } })
  const whole = sampleWorkflow({ steps: { qc: { workflow: "./inner.yaml" }, own: step } })
  const { files } = await readGivenFiles(toPlan({ "": whole, qc: inner }), new Map(), READING)
  assert.deepEqual(Object.keys(files).toSorted(), [":table.csv", "qc:inner.csv", "qc:table.csv"])
})
