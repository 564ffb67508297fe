import assert from "node:assert/strict"
import { test } from "node:test"
import { memoryBlobStore } from "@geartrain/ports/fakes"
import type { Digest } from "@geartrain/spec"
import { storedDigests } from "./stored-digests.ts"

const digest = (n: number): Digest => `sha256:${n.toString(16).padStart(64, "0")}`

test("of digests those are told whose bytes are stored, also empty ones", async () => {
  const blobs = memoryBlobStore()
  const put = async (...pieces: readonly Uint8Array[]) =>
    (
      await blobs.put(
        (async function* () {
          yield* pieces
        })(),
      )
    ).digest
  const stored = [await put(), await put(Buffer.from("a"))]
  assert.deepEqual(await storedDigests(blobs, [digest(1), ...stored, digest(2)]), new Set(stored))
  assert.deepEqual(await storedDigests(blobs, []), new Set())
})

test("each is looked for once, however often it is asked for, and 32 at one time", async () => {
  const asked: Digest[] = []
  const open: (() => void)[] = []
  let most = 0
  const stat = async (one: Digest) => {
    asked.push(one)
    const answered = Promise.withResolvers<void>()
    open.push(answered.resolve)
    most = Math.max(most, open.length)
    // Everybody else who looks is let in first.
    setImmediate(() => open.shift()?.())
    await answered.promise
    return { digest: one, sizeBytes: 0 }
  }
  const digests = Array.from({ length: 100 }, (_, n) => digest(n % 80))
  assert.equal((await storedDigests({ stat }, digests)).size, 80)
  assert.equal(asked.length, 80)
  assert.equal(most, 32)
})

test("a store that does not answer is no store that lacks the bytes", async () => {
  const stat = async () => {
    throw new Error("away")
  }
  await assert.rejects(storedDigests({ stat }, [digest(1)]), /^Error: away$/)
})
