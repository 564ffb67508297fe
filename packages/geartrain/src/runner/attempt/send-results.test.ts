import assert from "node:assert/strict"
import { type TestContext, test } from "node:test"
import { type Digest, GeartrainError, type JobRecord } from "@geartrain/spec"
import { chunks, openedBlobs } from "../../../test/stores/opened-blobs.ts"
import { job } from "../../../test/stores/records/sample-records.ts"
import type { EnginePorts } from "../../engine/engine-ports.ts"
import { sha256 } from "../../system/hash.ts"
import type { BlobSource, RemoteBlobs } from "../server/runner-server.ts"
import { sendResults } from "./send-results.ts"

/** A server's blobs, and what was asked of them. */
function remote(refuse: (blob: BlobSource) => GeartrainError | undefined = () => undefined) {
  const taken = new Map<Digest, string>()
  const asked: Digest[] = []
  const blobs: RemoteBlobs = {
    has: async (digest) => {
      asked.push(digest)
      return taken.has(digest)
    },
    put: async (blob) => {
      const error = refuse(blob)
      if (error !== undefined) throw error
      const pieces: Uint8Array[] = []
      for await (const piece of blob.read()) pieces.push(piece)
      const bytes = Buffer.concat(pieces)
      assert.equal(bytes.length, blob.sizeBytes)
      taken.set(blob.digest, bytes.toString())
    },
    get: () => assert.fail("nothing is fetched"),
  }
  return { taken, asked, blobs }
}

async function ended(t: TestContext, outputs: Readonly<Record<string, string>>, changes: Partial<JobRecord> = {}) {
  const { store } = await openedBlobs(t)
  const kept = []
  for (const [path, text] of Object.entries(outputs)) kept.push({ path, ...(await store.put(chunks(text))) })
  const record = job(1, { state: "complete", outputs: kept, ...changes })
  return { record, engine: { blobs: store } as unknown as EnginePorts }
}

const signal = new AbortController().signal

test("every content is sent once, and the record with them", async (t) => {
  const { record, engine } = await ended(t, { a: "same", "d/b": "same", c: "other" })
  const { taken, blobs } = remote()
  const sent = await sendResults(record, { engine }, { to: blobs, signal })
  const text = JSON.stringify(record)
  assert.deepEqual([...taken.values()].toSorted(), ["other", "same", text].toSorted())
  assert.equal(sent.recordDigest, sha256(Buffer.from(text)))
  assert.equal(sent.metadata, undefined)
})

test("of a large content the server is asked first whether it has it, of a small one not", async (t) => {
  const [small, large] = ["s".repeat(64 * 1024 - 1), "l".repeat(64 * 1024)]
  const { record, engine } = await ended(t, { small, large })
  const { taken, asked, blobs } = remote()
  const digest = sha256(Buffer.from(large))
  taken.set(digest, "there already")
  await sendResults(record, { engine }, { to: blobs, signal })
  assert.deepEqual(asked, [digest])
  assert.equal(taken.get(digest), "there already")
  assert.equal(taken.get(sha256(Buffer.from(small))), small)
})

test("what the job says of its results is read, where the job ended well", async (t) => {
  const said = { ".metadata.json": '{"analysis":{"tags":["é"]}}', "d/.metadata.json": "{" }
  const { record, engine } = await ended(t, said)
  const { metadata } = await sendResults(record, { engine }, { to: remote().blobs, signal })
  assert.deepEqual(metadata, { analysis: { tags: ["é"] } })
  const failed = await ended(t, said, { state: "failed" })
  assert.equal((await sendResults(failed.record, failed, { to: remote().blobs, signal })).metadata, undefined)
})

test("when the server refuses a content for good, nothing is told of the job", async (t) => {
  const { record, engine } = await ended(t, { a: "1", b: "2" })
  const refused = new GeartrainError("ATTEMPT_STALE", "not yours")
  const { blobs } = remote(({ sizeBytes }) => (sizeBytes === 1 ? refused : undefined))
  await assert.rejects(sendResults(record, { engine }, { to: blobs, signal }), refused)
})

test("an attempt that is given up sends no more", async (t) => {
  const { record, engine } = await ended(t, { a: "1" })
  const stop = new AbortController()
  const reason = new Error("stale")
  stop.abort(reason)
  const { taken, blobs } = remote()
  await assert.rejects(sendResults(record, { engine }, { to: blobs, signal: stop.signal }), reason)
  assert.equal(taken.size, 0)
})
