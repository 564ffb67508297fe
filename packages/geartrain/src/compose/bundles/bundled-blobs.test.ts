import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { type TestContext, test } from "node:test"
import type { Digest } from "@geartrain/spec"
import { chunks, digestOf, listed, openedBlobs } from "../../../test/stores/opened-blobs.ts"
import type { Bundle } from "../../publishing/bundle/read/open-bundle.ts"
import { bundledBlobs } from "./bundled-blobs.ts"

const OUTPUT = "an output"
const RECORD = "a record"
const OTHER = digestOf("of the store")

/** A store beside a bundle with an output, a record and a file that lies about its digest. */
async function opened(context: TestContext) {
  const { store } = await openedBlobs(context)
  await store.put(chunks("of the store"))
  const member = (path: string, role: string, digest: Digest) => ({ path, role, digest, sizeBytes: path.length })
  const members = [
    member(OUTPUT, "output", digestOf(OUTPUT)),
    member(RECORD, "record", digestOf(RECORD)),
    member("a lie", "input", digestOf("the truth")),
  ]
  const reads: string[] = []
  const read = (path: string) => {
    reads.push(path)
    return chunks(path)
  }
  const bundle = { index: { members }, read } as unknown as Bundle
  return { store, reads, blobs: bundledBlobs(store, bundle) }
}

test("what a bundle has is known without unpacking it, and what the store has as before", async (context) => {
  const { store, blobs, reads } = await opened(context)
  assert.deepEqual(await blobs.stat(digestOf(OUTPUT)), { digest: digestOf(OUTPUT), sizeBytes: OUTPUT.length })
  assert.equal(await blobs.hold(digestOf(OUTPUT)), true)
  assert.deepEqual(await blobs.stat(OTHER), await store.stat(OTHER))
  assert.equal(await blobs.hold(OTHER), true)
  assert.deepEqual([reads, (await listed(store)).length], [[], 1])
})

test("bytes of a bundle are unpacked when they are first asked for, and once", async (context) => {
  const { store, blobs, reads } = await opened(context)
  const path = await blobs.locate(digestOf(OUTPUT))
  assert.equal(readFileSync(path ?? "", "utf8"), OUTPUT)
  const got: Uint8Array[] = []
  for await (const chunk of blobs.get(digestOf(OUTPUT))) got.push(Buffer.from(chunk))
  assert.equal(Buffer.concat(got).toString(), OUTPUT)
  assert.deepEqual([reads, (await listed(store)).length], [[OUTPUT], 2])
})

test("documents of a bundle are no blobs, and what nobody has is not found", async (context) => {
  const { blobs, reads } = await opened(context)
  for (const text of [RECORD, "nothing"]) {
    assert.equal(await blobs.stat(digestOf(text)), undefined)
    assert.equal(await blobs.locate(digestOf(text)), undefined)
    await assert.rejects(blobs.get(digestOf(text))[Symbol.asyncIterator]().next(), { code: "BLOB_NOT_FOUND" })
  }
  assert.deepEqual(reads, [])
})

test("bytes that are others than the bundle says are not stored", async (context) => {
  const { store, blobs } = await opened(context)
  await assert.rejects(blobs.locate(digestOf("the truth")), { code: "BLOB_DIGEST_MISMATCH" })
  assert.equal((await listed(store)).length, 1)
})
