import assert from "node:assert/strict"
import { test } from "node:test"
import type { OutputFile } from "@geartrain/spec"
import type { PlannedInput } from "@geartrain/spec/workflow"
import { digestOf } from "../../../test/workflows/sample-plan.ts"
import { takeInputs } from "./take-inputs.ts"

const out = (number: number, path: string, output?: string): OutputFile => ({
  ...{ path, digest: digestOf(number), sizeBytes: number },
  ...(output === undefined ? {} : { output }),
})

const GIVEN: Readonly<Record<string, readonly OutputFile[] | "skipped">> = {
  "each[0]": [out(1, "b/x.bam", "bam"), out(2, "a/y.bam", "bam"), out(3, "log.txt")],
  "each[1]": [out(4, "b/x.bam", "bam")],
  "each[2]": "skipped",
  none: [],
}

const given = {
  outputsOf: (key: string) => GIVEN[key] ?? [],
  keysOf: (step: string) => (step === "each" ? ["each[0]", "each[1]", "each[2]"] : []),
}

const take = (input: PlannedInput, isOptional = false) => {
  const taken = takeInputs({ key: "reader", inputs: { in: input } }, given, { isOptional: () => isOptional })
  return taken === undefined ? undefined : [...taken.files].map(([name, file]) => [name, file.sizeBytes])
}

test("outputs are picked by name or pattern, in the order of items and paths, and told apart where names are the same", () => {
  const parts = [{ jobs: ["each[0]", "each[1]"], output: "bam" }]
  assert.deepEqual(take({ takes: "files", parts }), [
    ["in/0000-y.bam", 2],
    ["in/0001-x.bam", 1],
    ["in/0002-x.bam", 4],
  ])
  assert.deepEqual(take({ takes: "folder", parts: [{ jobs: ["each[0]"], files: "**.bam" }] }), [
    ["in/a/y.bam", 2],
    ["in/b/x.bam", 1],
  ])
  assert.deepEqual(take({ takes: "file", parts: [{ jobs: ["each[0]"], files: "*.txt" }] }), [["in", 3]])
  assert.deepEqual(take({ takes: "files", parts: [{ step: "each", files: "log.*" }] }), [["in/log.txt", 3]])
})

test("what reads of a job that was skipped is skipped; a gather goes on with the rest", () => {
  assert.equal(take({ takes: "file", parts: [{ jobs: ["each[2]"], output: "bam" }] }), undefined)
  assert.equal(take({ takes: "files", parts: [{ jobs: ["each[1]", "each[2]"], output: "bam" }] })?.length, 1)
})

test("no file where one is taken is named with who should have given it, unless the gear does without", () => {
  const input: PlannedInput = { takes: "file", parts: [{ jobs: ["none"], output: "bam" }] }
  const says = {
    code: "WORKFLOW_FILES_UNFIT",
    message: /input "in" takes one file, and output "bam" of "none" is nothing/,
  }
  assert.throws(() => take(input), says)
  assert.deepEqual(take(input, true), [])
  const two: PlannedInput = { takes: "file", parts: [{ jobs: ["each[0]"], output: "bam" }] }
  assert.throws(() => take(two), { code: "WORKFLOW_FILES_UNFIT", message: /is 2 files, "a\/y.bam", "b\/x.bam"/ })
})

test("a context's value goes in as it is", () => {
  const taken = takeInputs({ key: "reader", inputs: { atlas: { takes: "value", value: 5 } } }, given)
  assert.equal(taken?.contexts["atlas"], 5)
})
