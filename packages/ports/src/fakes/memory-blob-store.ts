import { createHash } from "node:crypto"
import { type Digest, GeartrainError } from "@geartrain/spec"
import type { BlobDescriptor, BlobStore } from "../blob-store.ts"

/** Size of the pieces that `get` hands out: a store on a disk or network never hands out a big blob at once. */
const PIECE_BYTES = 1024 * 1024

/** A blob store for tests: keeps every law, in memory, for as long as it is referred to. */
export function memoryBlobStore(): BlobStore & {
  readonly capabilities: { readonly list: true; readonly remove: true }
} {
  const blobs = new Map<Digest, Uint8Array>()
  return {
    capabilities: { list: true, remove: true },
    put: async (source, expected) => {
      const bytes = await gather(source)
      const digest: Digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`
      if (expected !== undefined && digest !== expected) {
        throw new GeartrainError("BLOB_DIGEST_MISMATCH", `Cannot store blob "${expected}": the bytes have ${digest}`, {
          details: { expected, found: digest },
        })
      }
      blobs.set(digest, bytes)
      return { digest, sizeBytes: bytes.length }
    },
    get: (digest) => inPieces(digest, blobs),
    stat: async (digest) => describe(digest, blobs.get(digest)),
    list: () => list(blobs),
    remove: async (digest) => {
      blobs.delete(digest)
    },
  }
}

async function gather(source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  // Copied, since the source may use its buffer again.
  for await (const chunk of source) chunks.push(Uint8Array.from(chunk))
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0))
  let position = 0
  for (const chunk of chunks) {
    bytes.set(chunk, position)
    position += chunk.length
  }
  return bytes
}

async function* inPieces(digest: Digest, blobs: ReadonlyMap<Digest, Uint8Array>): AsyncGenerator<Uint8Array> {
  const bytes = blobs.get(digest)
  if (bytes === undefined) {
    throw new GeartrainError("BLOB_NOT_FOUND", `Cannot read blob "${digest}": it is not stored`, {
      details: { digest },
    })
  }
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.slice(at, at + PIECE_BYTES)
}

async function* list(blobs: ReadonlyMap<Digest, Uint8Array>): AsyncGenerator<BlobDescriptor> {
  for (const [digest, bytes] of [...blobs]) yield { digest, sizeBytes: bytes.length }
}

function describe(digest: Digest, bytes: Uint8Array | undefined): BlobDescriptor | undefined {
  return bytes === undefined ? undefined : { digest, sizeBytes: bytes.length }
}
