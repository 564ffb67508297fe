import assert from "node:assert/strict"
import { test } from "node:test"
import type { Failure, JobRecord, OutputFile } from "@geartrain/spec"
import { createPaint } from "../output/paint.ts"
import { shortId } from "../output/reply.ts"
import { outcomeLines } from "./outcome-lines.ts"

const DIGEST = `sha256:${"a".repeat(64)}` as const
const ID = "0123456789abcdef01234567"
const NOWHERE = { folder: undefined }
const means = { paint: createPaint(false), id: shortId }

function jobWith(change: Partial<JobRecord>): JobRecord {
  return {
    id: ID,
    state: "complete",
    gear: { name: "g", origin: { reference: "./rootfs" } },
    invocation: { inputs: {} },
    outputs: [],
    skippedOutputs: [],
    usage: { wallMs: 2310, peakMemoryBytes: 84 * 1024 ** 2, method: "cgroup" },
    ...change,
  } as unknown as JobRecord
}

const file = (path: string): OutputFile => ({ path, digest: DIGEST, sizeBytes: 1024 })

test("a job that completed says how long it took, what came out and where, and how to verify it", () => {
  const lines = outcomeLines(jobWith({ outputs: [file("calls.vcf")] }), { folder: "./g-0123" }, means)
  assert.deepEqual(lines, [
    "complete after 2.3 s · peak memory 84 MiB · 1 output, 1 KiB",
    "outputs in ./g-0123",
    "  calls.vcf  1 KiB",
    "→ gear verify 0123456789ab",
  ])
})

test("a job that failed says why, what is to blame, the evidence, and last what to do", () => {
  const failure: Failure = {
    reason: "OUT_OF_MEMORY",
    culprit: "resources",
    message: "The gear was killed",
    evidence: "the kernel\u001b[2J said so",
    next: `gear replay ${ID} --memory 16g`,
  }
  const lines = outcomeLines(jobWith({ state: "failed", failure }), NOWHERE, means)
  assert.deepEqual(lines, [
    "failed OUT_OF_MEMORY: The gear was killed · peak memory 84 MiB · no outputs",
    "  to blame  the limits of the run, not your data",
    "  evidence  the kernel\\x1b[2J said so",
    "→ gear replay 0123456789ab --memory 16g",
  ])
})

test("a cancelled job blames nobody", () => {
  const failure: Failure = {
    reason: "CANCELLED",
    culprit: "user",
    message: "The job was cancelled",
    next: `gear replay ${ID}`,
  }
  const lines = outcomeLines(jobWith({ state: "cancelled", failure }), NOWHERE, means)
  assert.equal(lines[0], "cancelled CANCELLED: The job was cancelled · peak memory 84 MiB · no outputs")
  assert.equal(lines.length, 2)
})

test("many outputs are counted, and names from outside are escaped", () => {
  const outputs = Array.from({ length: 12 }, (_, index) => file(`out\n${index}`))
  const lines = outcomeLines(jobWith({ outputs }), NOWHERE, means)
  assert.equal(lines[1], "outputs kept in the store")
  assert.ok(lines.includes("  out\\n0  1 KiB"))
  assert.ok(lines.includes("  … and 2 more"))
})

test("outputs that were left out are warned of", () => {
  const skippedOutputs = Array.from({ length: 11 }, (_, index) => ({ path: `link${index}`, why: "it is a link" }))
  const lines = outcomeLines(jobWith({ skippedOutputs }), NOWHERE, means)
  assert.ok(lines.includes('warning output "link0" was left out: it is a link'))
  assert.ok(lines.includes(`warning 1 more output left out: gear show ${ID}`))
})

test("a job that had a key is shown next, since it cannot be verified", () => {
  const invocation = { inputs: { key: { base: "api-key" } } } as unknown as JobRecord["invocation"]
  assert.equal(outcomeLines(jobWith({ invocation }), NOWHERE, means).at(-1), "→ gear show 0123456789ab")
})

test("a job of a folder is not verified but imported next", () => {
  const gear = { name: "g", development: true, origin: { reference: "./rootfs" } } as unknown as JobRecord["gear"]
  assert.equal(outcomeLines(jobWith({ gear }), NOWHERE, means).at(-1), "→ gear import ./rootfs")
})
