import assert from "node:assert/strict"
import { type TestContext, test } from "node:test"
import { memoryBlobStore } from "@geartrain/ports/fakes"
import { zip } from "../../../test/formats/sample-files.ts"
import { openedBlobs } from "../../../test/stores/opened-blobs.ts"
import type { PlacedBlobs } from "../stores/open-blob-store.ts"
import { zipMembers } from "./zip-members.ts"

async function* pieces(bytes: Uint8Array, pieceBytes = 7): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
}

/** A store whose blobs are files, and one that sends them from the beginning only. */
async function stores(t: TestContext): Promise<readonly PlacedBlobs[]> {
  const { store } = await openedBlobs(t)
  return [store as unknown as PlacedBlobs, memoryBlobStore() as unknown as PlacedBlobs]
}

test("members are told in the directory's order, from either kind of store", async (t) => {
  const files = Array.from({ length: 300 }, (_, index) => ({ name: `d/a ${299 - index}`, content: "x".repeat(index) }))
  for (const blobs of await stores(t)) {
    const { digest } = await blobs.put(pieces(zip(files), 1000))
    assert.deepEqual(
      await zipMembers(blobs, digest),
      files.map(({ name }) => name),
    )
  }
})

test("an archive without members has none, which is not the same as being no archive", async (t) => {
  for (const blobs of await stores(t)) {
    const { digest } = await blobs.put(pieces(zip([])))
    assert.deepEqual(await zipMembers(blobs, digest), [])
  }
})

test("what is no zip has no members to tell: empty, another format, cut short", async (t) => {
  const whole = zip([{ name: "a", content: "hello" }])
  for (const blobs of await stores(t)) {
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.from("x"),
      Buffer.from("PK\x03\x04"),
      whole.subarray(0, -30),
      Buffer.alloc(100_000),
    ]) {
      const { digest } = await blobs.put(pieces(bytes, 4096))
      assert.equal(await zipMembers(blobs, digest), undefined, String(bytes.length))
    }
  }
})

test("what is not stored, or is no digest, has no members", async (t) => {
  for (const blobs of await stores(t)) {
    assert.equal(await zipMembers(blobs, `sha256:${"0".repeat(64)}`), undefined)
    for (const digest of ["", "../../etc/passwd", "sha256:0"]) assert.equal(await zipMembers(blobs, digest), undefined)
  }
})
