import { createHash } from "node:crypto"
import { type Digest, GeartrainError } from "@geartrain/spec"
import type { BlobDescriptor, BlobStore } from "../blob-store.ts"
import { memoryBlobStore } from "./memory-blob-store.ts"

type Bytes = AsyncIterable<Uint8Array>
type Put = BlobStore["put"]

/** Blob stores that each break some promise, in a way that real ones have been seen to: a suite of laws has to catch every one. */
export const faultyBlobStores: Readonly<Record<string, () => BlobStore>> = {
  "counts a byte too many": () =>
    changed((store) => ({
      put: async (bytes, expected) => {
        const { digest, sizeBytes } = await store.put(bytes, expected)
        return { digest, sizeBytes: sizeBytes + 1 }
      },
    })),
  "loses the first piece": () =>
    changed((store) => ({ put: (bytes, expected) => store.put(withoutFirst(bytes), expected) })),
  "ends at an empty piece": () => changed((store) => ({ put: (bytes) => store.put(untilEmpty(bytes)) })),
  "refuses an empty blob": () =>
    changed((store) => ({
      put: async (bytes, expected) => {
        const all = await gather(bytes)
        if (all.length === 0) throw new RangeError("There are no bytes")
        return store.put(once(all), expected)
      },
    })),
  "keeps the source's buffers": () =>
    changed((store) => ({ put: async (bytes, expected) => store.put(replay(await gatherViews(bytes)), expected) })),
  "believes the expected digest": believing,
  "stores what it refuses": () => changed((store) => ({ put: storingBeforeChecking(store) })),
  "asks no questions about a held digest": () =>
    changed((store) => ({
      put: async (bytes, expected) => (expected && (await store.stat(expected))) || store.put(bytes, expected),
    })),
  "refuses every expected digest": () =>
    changed((store) => ({
      put: async (bytes, expected) => {
        if (expected !== undefined) throw new GeartrainError("BLOB_DIGEST_MISMATCH", "Cannot store blob: no")
        return store.put(bytes)
      },
    })),
  "keeps what came before the source failed": () =>
    changed((store) => ({ put: (bytes, expected) => store.put(whatCame(bytes), expected) })),
  "hides the source's error": () =>
    changed((store) => ({
      put: (bytes, expected) =>
        store.put(bytes, expected).catch((cause: unknown) => {
          if (cause instanceof GeartrainError) throw cause
          throw new Error("The source failed", { cause })
        }),
    })),
  "writes in place": () => writingInPlace({ removesWhenItFails: false }),
  "writes in place and cleans up": () => writingInPlace({ removesWhenItFails: true }),
  "refuses to store twice": () =>
    changed((store) => ({
      put: async (bytes, expected) => {
        const all = await gather(bytes)
        if (await store.stat(digestOf(all))) throw new RangeError("It is stored already")
        return store.put(once(all), expected)
      },
    })),
  "has one buffer for all": sharingOneBuffer,
  "reads nothing where nothing is": () =>
    changed((store) => ({
      get: (digest) => ifHeld(store, digest),
    })),
  "hands out an empty piece before it fails": () =>
    changed((store) => ({
      get: async function* (digest) {
        yield new Uint8Array()
        yield* store.get(digest)
      },
    })),
  "hands out everything at once": () =>
    changed((store) => ({
      get: async function* (digest) {
        yield await gather(store.get(digest))
      },
    })),
  "forgets a blob that was left early": () =>
    changed((store) => ({
      get: async function* (digest) {
        let whole = false
        try {
          yield* store.get(digest)
          whole = true
        } finally {
          if (!whole) await store.remove?.(digest)
        }
      },
    })),
  "has one reading position a blob": sharingOnePosition,
  "hands out its own memory": handingOutItsMemory,
  "stats nothing": () => changed(() => ({ stat: async () => undefined })),
  "stats everything": () => changed(() => ({ stat: async (digest) => ({ digest, sizeBytes: 0 }) })),
  "lists every put": () => listingEveryPut(),
  "lists too little": () => changed(() => ({ list: () => replay([]) as AsyncIterable<never> })),
  "lists without offering it": () => changed(() => ({ capabilities: { list: false, remove: true } })),
  "removes without offering it": () => changed(() => ({ capabilities: { list: true, remove: false } })),
  "removes nothing": () => changed(() => ({ remove: async () => undefined })),
  "removes everything": () =>
    changed((store) => ({
      remove: async () => {
        for await (const { digest } of store.list?.() ?? []) await store.remove?.(digest)
      },
    })),
  "refuses to remove twice": () =>
    changed((store) => ({
      remove: async (digest) => {
        if ((await store.stat(digest)) === undefined) throw new RangeError("It is not there")
        await store.remove?.(digest)
      },
    })),
  "never takes back what was removed": neverTakingBack,
}

/** The memory store with some members replaced. */
function changed(change: (store: BlobStore) => Partial<BlobStore>): BlobStore {
  const store = memoryBlobStore()
  return { ...store, ...change(store) }
}

function believing(): BlobStore {
  const blobs = new Map<Digest, Uint8Array>()
  return changed((store) => ({
    put: async (bytes, expected) => {
      if (expected === undefined) return store.put(bytes)
      const all = await gather(bytes)
      blobs.set(expected, all)
      return { digest: expected, sizeBytes: all.length }
    },
    stat: async (digest) => {
      const own = blobs.get(digest)
      return own === undefined ? store.stat(digest) : { digest, sizeBytes: own.length }
    },
    get: (digest) => {
      const own = blobs.get(digest)
      return own === undefined ? store.get(digest) : once(own)
    },
  }))
}

function storingBeforeChecking(store: BlobStore): Put {
  return async (bytes, expected) => {
    const all = await gather(bytes)
    await store.put(once(all))
    return store.put(once(all), expected)
  }
}

/** Bytes are under their expected digest from the first piece on. */
function writingInPlace(failure: { readonly removesWhenItFails: boolean }): BlobStore {
  const started = new Map<Digest, Uint8Array>()
  return changed((store) => ({
    put: async (bytes, expected) => {
      if (expected === undefined) return store.put(bytes)
      const chunks: Uint8Array[] = []
      try {
        for await (const chunk of bytes) {
          chunks.push(Uint8Array.from(chunk))
          started.set(expected, concatenate(chunks))
        }
        const descriptor = await store.put(once(concatenate(chunks)), expected)
        started.delete(expected)
        return descriptor
      } catch (error) {
        started.delete(expected)
        if (failure.removesWhenItFails) await store.remove?.(expected)
        else if (chunks.length > 0) started.set(expected, concatenate(chunks))
        throw error
      }
    },
    stat: async (digest) => {
      const part = started.get(digest)
      return part === undefined ? store.stat(digest) : { digest, sizeBytes: part.length }
    },
    get: (digest) => {
      const part = started.get(digest)
      return part === undefined ? store.get(digest) : once(part)
    },
  }))
}

function sharingOneBuffer(): BlobStore {
  let shared: Uint8Array[] = []
  return changed((store) => ({
    put: async (bytes, expected) => {
      shared = []
      for await (const chunk of bytes) shared.push(Uint8Array.from(chunk))
      return store.put(once(concatenate(shared)), expected)
    },
  }))
}

function sharingOnePosition(): BlobStore {
  const readers = new Map<Digest, AsyncIterator<Uint8Array>>()
  return changed((store) => ({
    get: async function* (digest) {
      const reader = readers.get(digest) ?? store.get(digest)[Symbol.asyncIterator]()
      readers.set(digest, reader)
      for (;;) {
        const next = await reader.next()
        if (next.done === true) break
        yield next.value
      }
      readers.delete(digest)
    },
  }))
}

function handingOutItsMemory(): BlobStore {
  const read = new Map<Digest, readonly Uint8Array[]>()
  return changed((store) => ({
    get: async function* (digest) {
      const kept = read.get(digest) ?? (await gatherViews(store.get(digest)))
      read.set(digest, kept)
      yield* kept
    },
  }))
}

function listingEveryPut(): BlobStore {
  const put: BlobDescriptor[] = []
  return changed((store) => ({
    put: async (bytes, expected) => {
      const descriptor = await store.put(bytes, expected)
      put.push(descriptor)
      return descriptor
    },
    list: () => replay(put),
  }))
}

function neverTakingBack(): BlobStore {
  const removed = new Set<Digest>()
  return changed((store) => ({
    remove: async (digest) => {
      removed.add(digest)
      await store.remove?.(digest)
    },
    put: async (bytes, expected) => {
      const descriptor = await store.put(bytes, expected)
      if (removed.has(descriptor.digest)) await store.remove?.(descriptor.digest)
      return descriptor
    },
  }))
}

async function* ifHeld(store: BlobStore, digest: Digest): AsyncGenerator<Uint8Array> {
  if ((await store.stat(digest)) !== undefined) yield* store.get(digest)
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

async function* replay<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items
}

async function* withoutFirst(bytes: Bytes): AsyncGenerator<Uint8Array> {
  let first = true
  for await (const chunk of bytes) {
    if (!first) yield chunk
    first = false
  }
}

async function* untilEmpty(bytes: Bytes): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    if (chunk.length === 0) return
    yield chunk
  }
}

async function* whatCame(bytes: Bytes): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes
  } catch {
    // The fault: what came is taken for everything.
  }
}

async function gather(bytes: Bytes): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of bytes) chunks.push(Uint8Array.from(chunk))
  return concatenate(chunks)
}

async function gatherViews(bytes: Bytes): Promise<readonly Uint8Array[]> {
  const chunks: Uint8Array[] = []
  for await (const chunk of bytes) chunks.push(chunk)
  return chunks
}

function concatenate(chunks: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(chunks))
}

function digestOf(bytes: Uint8Array): Digest {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`
}
