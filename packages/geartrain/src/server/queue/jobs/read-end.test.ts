import assert from "node:assert/strict"
import { test } from "node:test"
import { memoryBlobStore } from "@geartrain/ports/fakes"
import { JOB_RECORD_FORMAT } from "@geartrain/spec"
import { readEnd } from "./read-end.ts"

const FAILED = {
  format: JOB_RECORD_FORMAT,
  state: "failed",
  failure: { reason: "NONZERO_EXIT" },
  exit: { code: 3 },
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}

/** What is read of these bytes. */
async function read(text: string) {
  const blobs = memoryBlobStore()
  return readEnd({ blobs }, (await blobs.put(once(text))).digest)
}

test("a record of a gear that failed says how, and nothing else of it is taken", async () => {
  const exit = { code: 137, signal: "SIGKILL", outOfMemory: true }
  const text = JSON.stringify({
    ...FAILED,
    exit,
    outputs: [{ name: "much" }],
    failure: { reason: "OUT_OF_MEMORY", at: 7 },
  })
  assert.deepEqual(await read(text), {
    recordBytes: Buffer.byteLength(text),
    end: { format: JOB_RECORD_FORMAT, state: "failed", failure: { reason: "OUT_OF_MEMORY" }, exit },
  })
})

test("bytes that are no record of a failed job tell no end, but how many they are", async () => {
  const others = [
    "",
    "{",
    "null",
    "[]",
    "not json \u{1F600}",
    JSON.stringify({ ...FAILED, state: "complete" }),
    JSON.stringify({ ...FAILED, format: "another" }),
    JSON.stringify({ ...FAILED, failure: { reason: "constructor" } }),
    JSON.stringify({ ...FAILED, failure: undefined }),
    JSON.stringify({ ...FAILED, exit: { code: 1.5 } }),
    JSON.stringify({ ...FAILED, exit: { code: "1" } }),
    JSON.stringify({ ...FAILED, exit: { code: 1, outOfMemory: false } }),
  ]
  for (const text of others) assert.deepEqual(await read(text), { recordBytes: Buffer.byteLength(text) }, text)
})

test("without a record, or with one that is gone, nothing is read", async () => {
  const blobs = memoryBlobStore()
  assert.deepEqual(await readEnd({ blobs }, null), { recordBytes: 0 })
  assert.deepEqual(await readEnd({ blobs }, `sha256:${"0".repeat(64)}`), { recordBytes: 0 })
})

test("a record that is longer than any can be is not read into memory", async () => {
  const most = 64 * 1024 * 1024
  const sized = (sizeBytes: number) => ({
    stat: async (digest: `sha256:${string}`) => ({ digest, sizeBytes }),
    get: () => once(JSON.stringify(FAILED)),
  })
  const digest = `sha256:${"0".repeat(64)}`
  assert.deepEqual(await readEnd({ blobs: sized(most + 1) }, digest), { recordBytes: 0 })
  const { end } = await readEnd({ blobs: sized(most) }, digest)
  assert.equal(end?.exit?.code, 3)
})
