import { type Digest, GeartrainError } from "@geartrain/spec"
import { readChunks } from "../../../system/read-chunks.ts"
import type { ByteRange } from "../../http/content-headers.ts"
import type { ArchiveBlobs } from "../archive-ports.ts"

/** Bytes that never change, ready to be read. */
export interface OpenContent {
  /** For who saves them. */
  readonly name: string
  /** Anybody may have written it; empty for what has none. */
  readonly mimetype: string
  /** Of a file. */
  readonly version?: number
  readonly digest: string
  readonly sizeBytes: number
  /**
   * All of the bytes, or some.
   *
   * @throws {GeartrainError} BLOB_NOT_FOUND; BLOB_DIGEST_MISMATCH at the end of all, when they are damaged.
   */
  bytes(range?: Stretch): AsyncIterable<Uint8Array>
}

interface Stretch {
  readonly first: number
  readonly last: number
}

/** Opens bytes of the store. */
export function openStored<Described extends Omit<OpenContent, "bytes">>(
  { blobs }: { readonly blobs: ArchiveBlobs },
  described: Described,
): Described & OpenContent {
  const digest = described.digest as Digest
  return {
    ...described,
    bytes: (range) => (range === undefined ? blobs.get(digest) : readStretch(blobs, digest, range)),
  }
}

/**
 * Holds a range against the size of a file.
 *
 * @throws {GeartrainError} RANGE_UNFIT when it begins behind the end.
 */
export function fitRange(range: ByteRange, sizeBytes: number): Stretch {
  const last = Math.min(range.last ?? sizeBytes - 1, sizeBytes - 1)
  if (range.first <= last) return { first: range.first, last }
  throw new GeartrainError("RANGE_UNFIT", `Cannot read from byte ${range.first} on: the file has ${sizeBytes} bytes`, {
    details: { sizeBytes },
  })
}

/** A store on this machine is read where the bytes are; of one that sends from the beginning only, all that stands before them is passed over. */
async function* readStretch(
  blobs: ArchiveBlobs,
  digest: Digest,
  { first, last }: Stretch,
): AsyncGenerator<Uint8Array, void> {
  const path = await blobs.locate?.(digest)
  if (path !== undefined) {
    yield* readChunks(path, { start: first, end: last + 1 })
    return
  }
  const stretch = blobs.getStretch?.(digest, { first, last })
  if (stretch !== undefined) {
    yield* stretch
    return
  }
  let position = 0
  for await (const chunk of blobs.get(digest)) {
    const part = chunk.subarray(Math.max(0, first - position), Math.max(0, last + 1 - position))
    position += chunk.length
    if (part.length > 0) yield part
    if (position > last) return
  }
}
