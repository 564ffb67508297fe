import assert from "node:assert/strict"
import { utimes } from "node:fs/promises"
import { type TestContext, test } from "node:test"
import { chunks, digestOf, listed, openedBlobs } from "../../../test/stores/opened-blobs.ts"
import type { EnginePorts } from "../../engine/engine-ports.ts"
import { trimCache } from "./trim-cache.ts"

/** A cache of texts, the first used longest ago: at 1000 s, the next at 2000 s, and so on. */
async function cacheOf(t: TestContext, ...texts: readonly string[]) {
  const { store } = await openedBlobs(t)
  for (const [index, text] of texts.entries()) {
    const { digest } = await store.put(chunks(text))
    await utimes((await store.locate(digest)) ?? "", 0, 1000 * (index + 1))
  }
  const has = new Map(texts.map((text) => [digestOf(text), text]))
  return {
    trim: (mostBytes: number, spareSinceMs = Number.POSITIVE_INFINITY) =>
      trimCache({ engine: { blobs: store } as unknown as EnginePorts }, { mostBytes, spareSinceMs }),
    left: async () => (await listed(store)).map(({ digest }) => has.get(digest)).toSorted(),
  }
}

test("the longest unused go first, until no more are kept than allowed", async (t) => {
  const { trim, left } = await cacheOf(t, "aaa", "bb", "c")
  assert.equal(await trim(6), 0)
  assert.equal(await trim(5), 3)
  assert.deepEqual(await left(), ["bb", "c"])
  assert.equal(await trim(0), 3)
  assert.deepEqual(await left(), [])
  assert.equal(await trim(0), 0)
})

test("what was used of late stays, however much there is", async (t) => {
  const { trim, left } = await cacheOf(t, "aaa", "bb", "c")
  assert.equal(await trim(0, 2_000_000), 3)
  assert.deepEqual(await left(), ["bb", "c"])
  assert.equal(await trim(0, 0), 0)
})

test("more goes than is too much where the longest unused is large, and no more than that", async (t) => {
  const { trim, left } = await cacheOf(t, "a".repeat(100), "b", "c")
  assert.equal(await trim(101), 100)
  assert.deepEqual(await left(), ["b", "c"])
})
