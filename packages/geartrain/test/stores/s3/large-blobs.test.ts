import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { radosgwMissing } from "../../programs/radosgw.ts"
import { type Gateway, startGateway } from "./gateway.ts"
import { contentsOf, digestOf, MEBIBYTE, numbered, sizeOf } from "./stored-bytes.ts"

const SIZE = 20 * MEBIBYTE + 7

describe("Blobs that go to a bucket in parts", { skip: radosgwMissing() }, () => {
  let gateway: Gateway
  before(async () => {
    gateway = await startGateway()
  })
  after(() => gateway?.stop())

  for (const [how, isExpected] of [
    ["under their own key when the digest is known", true],
    ["by way of another key when it is not", false],
  ] as const) {
    it(`arrive whole, ${how}, and nothing else stays`, async () => {
      const { store, bucket } = await gateway.makeStore()
      const digest = await digestOf(numbered(SIZE))
      const stored = await store.put(numbered(SIZE), isExpected ? digest : undefined)
      assert.deepEqual(stored, { digest, sizeBytes: SIZE })
      assert.deepEqual(await store.stat(digest), stored)
      // Reading checks every byte.
      assert.equal(await sizeOf(store, digest), SIZE)
      assert.deepEqual(await contentsOf(gateway.client, bucket), {
        objects: [`blobs/sha256/${digest.slice(7)}`],
        uploads: [],
      })
      await store.close()
    })

    it(`leave nothing when their source fails, ${how}`, async () => {
      const { store, bucket } = await gateway.makeStore()
      const expected = isExpected ? await digestOf(numbered(SIZE)) : undefined
      await assert.rejects(store.put(breaking(), expected), new RangeError("the source broke"))
      assert.deepEqual(await contentsOf(gateway.client, bucket), { objects: [], uploads: [] })
      await store.close()
    })
  }

  it("leave nothing when they have another digest than expected", async () => {
    const { store, bucket } = await gateway.makeStore()
    const expected = await digestOf(numbered(SIZE - 1))
    await assert.rejects(store.put(numbered(SIZE), expected), (error) =>
      isGeartrainError(error, "BLOB_DIGEST_MISMATCH"),
    )
    assert.deepEqual(await contentsOf(gateway.client, bucket), { objects: [], uploads: [] })
    await store.close()
  })

  it("are not seen before they are whole, and two writers at once store one", async () => {
    const { store, bucket } = await gateway.makeStore()
    const digest = await digestOf(numbered(SIZE))
    const seen: unknown[] = []
    async function* watched(): AsyncGenerator<Uint8Array> {
      for await (const chunk of numbered(SIZE)) {
        yield chunk
        if (seen.length < 18) seen.push(await store.stat(digest))
      }
    }
    const first = store.put(watched(), digest)
    assert.deepEqual(await first, { digest, sizeBytes: SIZE })
    assert.equal(seen.length, 18)
    assert.deepEqual([...new Set(seen)], [undefined])
    await Promise.all([store.put(numbered(SIZE), digest), store.put(numbered(SIZE)), sizeOf(store, digest)])
    assert.equal(await sizeOf(store, digest), SIZE)
    assert.equal((await contentsOf(gateway.client, bucket)).objects.length, 1)
    await store.close()
  })

  it("are read in stretches, of which nothing else is sent", async () => {
    const { store } = await gateway.makeStore()
    const { digest } = await store.put(numbered(SIZE))
    const whole = Buffer.concat(await allOf(store.get(digest)))
    for (const [first, last] of [
      [0, 0],
      [0, SIZE - 1],
      [8 * MEBIBYTE - 5, 8 * MEBIBYTE + 5],
      [SIZE - 3, SIZE + 100],
    ] as const) {
      const read = Buffer.concat(await allOf(store.getStretch(digest, { first, last })))
      assert.ok(read.equals(whole.subarray(first, last + 1)), `${first} to ${last}`)
    }
    await store.remove(digest)
    await assert.rejects(allOf(store.getStretch(digest, { first: 5, last: 6 })), (error) =>
      isGeartrainError(error, "BLOB_NOT_FOUND"),
    )
    await store.close()
  })

  it("are read by many at once, of whom those who stand still keep nobody waiting", async () => {
    const { store } = await gateway.makeStore()
    const { digest } = await store.put(numbered(SIZE))
    const readers = Array.from({ length: 80 }, () => store.get(digest)[Symbol.asyncIterator]())
    for (const first of await Promise.all(readers.map((reader) => reader.next()))) assert.equal(first.done, false)
    assert.equal((await store.stat(digest))?.sizeBytes, SIZE)
    await store.put(numbered(10))
    for (const reader of readers) await reader.return?.()
    await store.close()
  })

  it("need no more memory than a few parts, neither on their way there nor back", async () => {
    const { store } = await gateway.makeStore()
    const size = 256 * MEBIBYTE
    const digest = await digestOf(numbered(size))
    assert.ok((await growthOf(() => store.put(numbered(size), digest))) < 96 * MEBIBYTE)
    assert.ok((await growthOf(() => sizeOf(store, digest))) < 96 * MEBIBYTE)
    await store.remove(digest)
    await store.close()
  })
})

async function allOf(bytes: AsyncIterable<Uint8Array>): Promise<readonly Uint8Array[]> {
  const chunks: Uint8Array[] = []
  for await (const chunk of bytes) chunks.push(chunk)
  return chunks
}

async function* breaking(): AsyncGenerator<Uint8Array> {
  yield* numbered(18 * MEBIBYTE)
  throw new RangeError("the source broke")
}

/** By how many bytes what lies outside of the heap, which is where buffers lie, grew at most meanwhile. */
async function growthOf(run: () => Promise<unknown>): Promise<number> {
  const before = process.memoryUsage().external
  let most = before
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage().external)
  }, 10)
  try {
    await run()
  } finally {
    clearInterval(timer)
  }
  return most - before
}
