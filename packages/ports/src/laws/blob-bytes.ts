import { createHash } from "node:crypto"
import type { Digest } from "@geartrain/spec"
import type { BlobStore } from "../blob-store.ts"

/** Bytes for the laws of blob stores, and the few things that each of them does with bytes. */
export const HELLO = new TextEncoder().encode("hello, gears\n")
export const OTHER = new TextEncoder().encode("something else\n")
export const MEBIBYTE = 1024 * 1024

export function digestOf(bytes: Uint8Array): Digest {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`
}

/** A source of bytes that come in the pieces given. */
export async function* pieces(...chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) {
    // A real source waits between its pieces, and a store has to cope with that.
    await Promise.resolve()
    yield chunk
  }
}

/** A source that throws a RangeError after the bytes given. */
export async function* brokenAfter(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield* pieces(bytes)
  throw new RangeError("the source broke")
}

/** Bytes that do not repeat, so that a piece that is lost, doubled or moved changes the digest. */
export function distinctBytes(sizeBytes: number, seed: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(sizeBytes / 4))
  let state = seed + 1
  for (let index = 0; index < words.length; index++) {
    // Marsaglia's xorshift32: fast, and of full period.
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    words[index] = state
  }
  return new Uint8Array(words.buffer, 0, sizeBytes)
}

/** All bytes of a stored blob. */
export async function readAll(store: BlobStore, digest: Digest): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of store.get(digest)) chunks.push(Uint8Array.from(chunk))
  return Uint8Array.from(Buffer.concat(chunks))
}

/** Something that one party waits for and another opens. */
export function gate(): { readonly open: () => void; readonly opened: Promise<void> } {
  let open = (): void => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open: () => open(), opened }
}
