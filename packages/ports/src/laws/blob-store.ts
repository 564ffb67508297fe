import assert from "node:assert/strict"
import { type Digest, isGeartrainError } from "@geartrain/spec"
import type { BlobStore } from "../blob-store.ts"
import { brokenAfter, digestOf, distinctBytes, gate, HELLO, MEBIBYTE, OTHER, pieces, readAll } from "./blob-bytes.ts"
import type { Law } from "./law.ts"

const EMPTY = new Uint8Array()

/** What every store of blobs promises. */
export const blobStoreLaws: readonly Law<BlobStore>[] = [
  {
    id: "put/names-bytes-by-their-digest",
    says: "put answers with the sha256 and the number of the bytes",
    check: async (store) => {
      const descriptor = await store.put(pieces(HELLO))
      assert.deepEqual(descriptor, { digest: digestOf(HELLO), sizeBytes: HELLO.length })
    },
  },
  {
    id: "put/keeps-the-bytes",
    says: "what was put is what get reads, byte for byte",
    check: async (store) => {
      const { digest } = await store.put(pieces(HELLO))
      assert.deepEqual(await readAll(store, digest), HELLO)
    },
  },
  {
    id: "put/takes-an-empty-blob",
    says: "no bytes at all are a blob like any other",
    check: async (store) => {
      const descriptor = await store.put(pieces())
      assert.deepEqual(descriptor, { digest: digestOf(EMPTY), sizeBytes: 0 })
      assert.deepEqual(await readAll(store, descriptor.digest), EMPTY)
    },
  },
  {
    id: "put/does-not-mind-how-bytes-are-cut",
    says: "the same bytes in other pieces, empty ones among them, are the same blob",
    check: async (store) => {
      const whole = await store.put(pieces(HELLO))
      const cut = await store.put(pieces(HELLO.subarray(0, 3), EMPTY, HELLO.subarray(3), EMPTY))
      assert.deepEqual(cut, whole)
      assert.deepEqual(await readAll(store, whole.digest), HELLO)
    },
  },
  {
    id: "put/keeps-no-buffer-of-the-source",
    says: "a source may fill one buffer again and again",
    check: async (store) => {
      const first = distinctBytes(70_000, 1)
      const second = distinctBytes(70_000, 2)
      const { digest } = await store.put(refilling([first, second]))
      assert.equal(digest, digestOf(Buffer.concat([first, second])))
      assert.deepEqual(await readAll(store, digest), Uint8Array.from(Buffer.concat([first, second])))
    },
  },
  {
    id: "put/takes-the-right-digest",
    says: "bytes that have the expected digest are stored",
    check: async (store) => {
      await store.put(pieces(HELLO), digestOf(HELLO))
      assert.deepEqual(await readAll(store, digestOf(HELLO)), HELLO)
    },
  },
  {
    id: "put/refuses-a-wrong-digest",
    says: "bytes that do not have the expected digest are refused with BLOB_DIGEST_MISMATCH",
    check: (store) => rejectsWith("BLOB_DIGEST_MISMATCH", store.put(pieces(HELLO), digestOf(OTHER))),
  },
  {
    id: "put/stores-nothing-under-a-wrong-digest",
    says: "refused bytes are stored neither under the expected digest nor under their own",
    check: async (store) => {
      await ignoreError(store.put(pieces(HELLO), digestOf(OTHER)))
      await assertAbsent(store, digestOf(OTHER))
      await assertAbsent(store, digestOf(HELLO))
    },
  },
  {
    id: "put/refuses-a-wrong-digest-of-a-held-blob",
    says: "that the expected blob is held does not excuse other bytes, and it stays as it was",
    check: async (store) => {
      await store.put(pieces(OTHER))
      await rejectsWith("BLOB_DIGEST_MISMATCH", store.put(pieces(HELLO), digestOf(OTHER)))
      assert.deepEqual(await readAll(store, digestOf(OTHER)), OTHER)
    },
  },
  {
    id: "put/passes-the-error-of-its-source",
    says: "a source that throws makes put reject with that very error",
    check: (store) => assert.rejects(store.put(brokenAfter(HELLO)), new RangeError("the source broke")),
  },
  {
    id: "put/leaves-nothing-when-the-source-fails",
    says: "a source that throws half-way leaves no blob",
    check: async (store) => {
      await ignoreError(store.put(brokenAfter(HELLO)))
      await ignoreError(store.put(brokenAfter(HELLO), digestOf(HELLO)))
      await assertAbsent(store, digestOf(HELLO))
      await assertAbsent(store, digestOf(EMPTY))
    },
  },
  {
    id: "put/harms-nothing-when-the-source-fails",
    says: "a source that throws does no harm to a blob that is held",
    check: async (store) => {
      await store.put(pieces(HELLO))
      await ignoreError(store.put(brokenAfter(HELLO.subarray(0, 4)), digestOf(HELLO)))
      assert.deepEqual(await readAll(store, digestOf(HELLO)), HELLO)
    },
  },
  {
    id: "put/may-be-repeated",
    says: "storing what is held already succeeds and changes nothing",
    check: async (store) => {
      const first = await store.put(pieces(HELLO))
      assert.deepEqual(await store.put(pieces(HELLO)), first)
      assert.deepEqual(await store.put(pieces(HELLO), first.digest), first)
      assert.deepEqual(await readAll(store, first.digest), HELLO)
    },
  },
  {
    id: "put/shows-nothing-before-it-is-whole",
    says: "while bytes still come, neither they nor the part that came are held",
    check: async (store) => {
      const half = gate()
      const more = gate()
      const put = store.put(halting(HELLO, { half: half.open, more: more.opened }), digestOf(HELLO))
      await Promise.race([half.opened, put])
      try {
        await assertAbsent(store, digestOf(HELLO))
        await assertAbsent(store, digestOf(HELLO.subarray(0, 5)))
      } finally {
        more.open()
        await put
      }
      assert.deepEqual(await readAll(store, digestOf(HELLO)), HELLO)
    },
  },
  {
    id: "put/of-one-digest-at-once",
    says: "the same bytes put many times at once are one whole blob, and every put succeeds",
    check: async (store) => {
      const bytes = distinctBytes(300_000, 3)
      const puts = Array.from({ length: 8 }, (_, cut) => {
        const at = (cut + 1) * 30_000
        return store.put(pieces(bytes.subarray(0, at), bytes.subarray(at)), digestOf(bytes))
      })
      for (const descriptor of await Promise.all(puts)) {
        assert.deepEqual(descriptor, { digest: digestOf(bytes), sizeBytes: bytes.length })
      }
      assert.deepEqual(await readAll(store, digestOf(bytes)), bytes)
    },
  },
  {
    id: "put/of-many-digests-at-once",
    says: "different bytes put at once do not get into each other",
    check: async (store) => {
      const all = Array.from({ length: 8 }, (_, index) => distinctBytes(100_000 + index, index))
      await Promise.all(all.map((bytes) => store.put(pieces(bytes.subarray(0, 50_000), bytes.subarray(50_000)))))
      for (const bytes of all) assert.deepEqual(await readAll(store, digestOf(bytes)), bytes)
    },
  },
  {
    id: "put/outlives-a-failing-twin",
    says: "of two puts of the same bytes at once, one fails; the other's blob is whole all the same",
    check: async (store) => {
      const half = gate()
      const more = gate()
      const slow = store.put(halting(HELLO, { half: half.open, more: more.opened }), digestOf(HELLO))
      await Promise.race([half.opened, slow])
      await ignoreError(store.put(brokenAfter(HELLO), digestOf(HELLO)))
      more.open()
      await slow
      assert.deepEqual(await readAll(store, digestOf(HELLO)), HELLO)
    },
  },
  {
    id: "get/refuses-what-is-missing-before-the-first-chunk",
    says: "get of a digest that is not held rejects with BLOB_NOT_FOUND and hands out nothing",
    check: (store) => rejectsWith("BLOB_NOT_FOUND", store.get(digestOf(HELLO))[Symbol.asyncIterator]().next()),
  },
  {
    id: "get/hands-out-a-big-blob-in-pieces",
    says: "a blob of 12 MiB comes in pieces of at most 4 MiB, in order and whole",
    check: async (store) => {
      const parts = Array.from({ length: 6 }, (_, index) => distinctBytes(2 * MEBIBYTE, index))
      const expected = digestOf(Buffer.concat(parts))
      await store.put(pieces(...parts), expected)
      const read: Uint8Array[] = []
      for await (const chunk of store.get(expected)) {
        assert.ok(chunk.length <= 4 * MEBIBYTE, `a piece has ${chunk.length} bytes`)
        read.push(Uint8Array.from(chunk))
      }
      assert.equal(digestOf(Buffer.concat(read)), expected)
    },
  },
  {
    id: "get/may-be-left-early",
    says: "a reader that stops half-way harms neither the blob nor later readers",
    check: async (store) => {
      const bytes = distinctBytes(5 * MEBIBYTE, 4)
      const { digest } = await store.put(pieces(bytes))
      for await (const chunk of store.get(digest)) {
        assert.ok(chunk.length > 0)
        break
      }
      assert.equal(digestOf(await readAll(store, digest)), digest)
    },
  },
  {
    id: "get/serves-many-readers-at-once",
    says: "readers of one blob do not take bytes from each other",
    check: async (store) => {
      const bytes = distinctBytes(2 * MEBIBYTE, 5)
      const { digest } = await store.put(pieces(bytes))
      const read = await Promise.all([readAll(store, digest), readAll(store, digest), readAll(store, digest)])
      for (const copy of read) assert.equal(digestOf(copy), digest)
    },
  },
  {
    id: "get/hands-out-copies",
    says: "a reader that writes into a piece it was given does not change the blob",
    check: async (store) => {
      const { digest } = await store.put(pieces(HELLO))
      for await (const chunk of store.get(digest)) chunk.fill(0)
      assert.deepEqual(await readAll(store, digest), HELLO)
    },
  },
  {
    id: "stat/tells-absence",
    says: "stat of what is not held answers undefined, for the empty blob too",
    check: async (store) => {
      assert.equal(await store.stat(digestOf(HELLO)), undefined)
      assert.equal(await store.stat(digestOf(EMPTY)), undefined)
    },
  },
  {
    id: "stat/tells-the-size",
    says: "stat of what is held answers as put did",
    check: async (store) => {
      const descriptor = await store.put(pieces(HELLO))
      assert.deepEqual(await store.stat(descriptor.digest), descriptor)
    },
  },
  {
    id: "list/names-every-blob-once",
    says: "list names each blob that is held once, with its size, and nothing else",
    when: (store) => store.capabilities.list,
    check: async (store) => {
      assert.deepEqual(await listed(store), [])
      const put = [await store.put(pieces(HELLO)), await store.put(pieces(OTHER)), await store.put(pieces())]
      await store.put(pieces(HELLO))
      await ignoreError(store.put(brokenAfter(distinctBytes(10, 6))))
      assert.deepEqual(await listed(store), put.toSorted(byDigest))
    },
  },
  {
    id: "list/is-absent-without-the-capability",
    says: "a store that does not offer list has no list method",
    when: (store) => !store.capabilities.list,
    check: async (store) => assert.equal(store.list, undefined),
  },
  {
    id: "remove/removes",
    says: "what was removed is absent",
    when: (store) => store.capabilities.remove,
    check: async (store) => {
      const { digest } = await store.put(pieces(HELLO))
      await store.remove?.(digest)
      await assertAbsent(store, digest)
    },
  },
  {
    id: "remove/spares-the-others",
    says: "removing one blob leaves the others",
    when: (store) => store.capabilities.remove,
    check: async (store) => {
      const { digest } = await store.put(pieces(HELLO))
      await store.put(pieces(OTHER))
      await store.remove?.(digest)
      assert.deepEqual(await readAll(store, digestOf(OTHER)), OTHER)
    },
  },
  {
    id: "remove/may-be-repeated",
    says: "removing what is not there succeeds",
    when: (store) => store.capabilities.remove,
    check: async (store) => {
      await store.remove?.(digestOf(HELLO))
      const { digest } = await store.put(pieces(HELLO))
      await store.remove?.(digest)
      await store.remove?.(digest)
    },
  },
  {
    id: "remove/can-be-undone-by-put",
    says: "what was removed can be stored again",
    when: (store) => store.capabilities.remove,
    check: async (store) => {
      const { digest } = await store.put(pieces(HELLO))
      await store.remove?.(digest)
      await store.put(pieces(HELLO))
      assert.deepEqual(await readAll(store, digest), HELLO)
    },
  },
  {
    id: "remove/is-absent-without-the-capability",
    says: "a store that does not offer remove has no remove method",
    when: (store) => !store.capabilities.remove,
    check: async (store) => assert.equal(store.remove, undefined),
  },
]

async function assertAbsent(store: BlobStore, digest: Digest): Promise<void> {
  assert.equal(await store.stat(digest), undefined)
  await rejectsWith("BLOB_NOT_FOUND", readAll(store, digest))
}

function rejectsWith(code: "BLOB_NOT_FOUND" | "BLOB_DIGEST_MISMATCH", attempt: Promise<unknown>): Promise<void> {
  return assert.rejects(attempt, (error) => isGeartrainError(error, code))
}

/** For what has to fail, where another law says how. */
async function ignoreError(attempt: Promise<unknown>): Promise<void> {
  await attempt.catch(() => undefined)
}

/** Hands out every part in one and the same buffer. */
async function* refilling(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(Math.max(...parts.map((part) => part.length)))
  for (const part of parts) {
    buffer.set(part)
    yield buffer.subarray(0, part.length)
    buffer.fill(0)
  }
}

/** Hands out five bytes, says so, and waits before it goes on. */
async function* halting(
  bytes: Uint8Array,
  at: { readonly half: () => void; readonly more: Promise<void> },
): AsyncGenerator<Uint8Array> {
  yield bytes.subarray(0, 5)
  at.half()
  await at.more
  yield bytes.subarray(5)
}

async function listed(store: BlobStore): Promise<readonly { readonly digest: Digest; readonly sizeBytes: number }[]> {
  const found: { digest: Digest; sizeBytes: number }[] = []
  for await (const descriptor of store.list?.() ?? []) found.push(descriptor)
  return found.toSorted(byDigest)
}

function byDigest(a: { readonly digest: Digest }, b: { readonly digest: Digest }): number {
  return a.digest < b.digest ? -1 : a.digest > b.digest ? 1 : 0
}
