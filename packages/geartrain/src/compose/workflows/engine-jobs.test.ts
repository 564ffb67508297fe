import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { gear } from "../../../test/stores/records/sample-records.ts"
import { digestOf } from "../../../test/workflows/sample-plan.ts"
import type { StepOrder } from "../../workflows/workflow-jobs.ts"
import type { Engine } from "../open-engine.ts"
import { engineJobs } from "./engine-jobs.ts"

/** An engine that finds the place of a blob so often, and then no more; at the place is nothing. */
function engineThatLoses(found: number): Engine {
  let looks = 0
  const provider = { name: "none", capabilities: { limits: [], network: ["none"] }, warmUp: () => undefined }
  return {
    blobs: { locate: async () => (looks++ < found ? "/nowhere/blob" : undefined) },
    provider: async () => provider,
    roots: { open: async () => ({}) },
    workFolder: "/nowhere",
  } as unknown as Engine
}

const base = gear(1)
const order: StepOrder = {
  gear: { ...base, manifest: { ...base.manifest, inputs: { text: { base: "file" } } } },
  config: {},
  files: new Map([["text", { name: "text.txt", digest: digestOf(7), sizeBytes: 1 }]]),
}

const run = (found: number) => engineJobs(engineThatLoses(found), { cache: "/nowhere" }).run(order, {})

test("bytes that another run frees between the look and the reading are said to be gone, and not that a file is missing", async () => {
  for (const found of [0, 1]) {
    await assert.rejects(run(found), { code: "WORKFLOW_BYTES_GONE", message: /input "text"/ })
  }
  await assert.rejects(run(1), ({ cause }: Error) => isGeartrainError(cause, "INPUT_NOT_FOUND"))
})

test("what fails although the bytes are there is told as it is", async () => {
  await assert.rejects(run(9), { code: "INPUT_NOT_FOUND" })
})
