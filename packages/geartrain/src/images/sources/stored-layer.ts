import type { Digest } from "@geartrain/spec"
import { type Compression, compressionOf, decompress, START_BYTES } from "../../packing/compression/decompress.ts"
import { type ImagePlace, imageError } from "../../packing/place/image-place.ts"
import { createHasher } from "../../system/hash.ts"
import { readChunks } from "../../system/read-chunks.ts"
import type { LayerRules } from "../tree/layer-merger.ts"
import type { Layer, OpenLayerOptions } from "./image-source.ts"

/** Bytes that lie in a file, or in a part of one. */
export interface StoredBytes {
  readonly path: string
  readonly start: number
  readonly sizeBytes: number
}

export interface StoredLayer {
  readonly bytes: StoredBytes
  readonly rules: LayerRules
  /** Of the bytes as they are stored. */
  readonly digest?: Digest
  /** Of the tar stream in them: the image's `diff_id`. */
  readonly diffId?: Digest
}

/** Makes a layer of bytes on disk. */
export function storedLayer(stored: StoredLayer): Layer {
  const { rules, bytes, digest, diffId } = stored
  const open = (options: OpenLayerOptions): AsyncIterable<Uint8Array> => openStored(stored, options)
  return {
    rules,
    isVouched: digest !== undefined || diffId !== undefined,
    open,
    check: async (options) => {
      // The packed bytes first: what is wrong with them is the cause of all else.
      if (digest !== undefined) {
        const check = { place: rules.place, expected: digest, what: "bytes" }
        for await (const _ of verified(readStored(bytes, options.signal), check));
      }
      for await (const _ of open({ ...options, verify: true }));
    },
  }
}

async function* openStored(stored: StoredLayer, options: OpenLayerOptions): AsyncGenerator<Uint8Array, void> {
  const { bytes, rules, digest, diffId } = stored
  const { budget, verify, signal } = options
  const { place } = rules
  // A decompressor holds on to what it was given; a tar reader does not, and buffers that are used again spare the garbage collector.
  const buffers = (await storedCompression(bytes, place)) === "none" ? "reused" : "fresh"
  const raw = counted(readStored(bytes, signal, buffers), (sizeBytes) => budget.packed(sizeBytes))
  const checked = digest === undefined || !verify ? raw : verified(raw, { place, expected: digest, what: "bytes" })
  const tar = counted(decompress(checked, place), (sizeBytes) => budget.unpacked(sizeBytes))
  // A layer that is not compressed has been checked by then: both digests are of the same bytes.
  const isSame = digest === diffId
  yield* diffId === undefined || !verify || isSame
    ? tar
    : verified(tar, { place, expected: diffId, what: "unpacked bytes" })
}

/**
 * Reads stored bytes as they are.
 *
 * @param buffers  `reused`: a chunk is valid until the next is asked for.
 */
export function readStored(
  { path, start, sizeBytes }: StoredBytes,
  signal?: AbortSignal,
  buffers: "reused" | "fresh" = "fresh",
): AsyncIterable<Buffer> {
  return readChunks(path, { start, end: start + sizeBytes, buffers, ...(signal === undefined ? {} : { signal }) })
}

/** How stored bytes are compressed. @throws {GeartrainError} IMAGE_FORMAT_UNKNOWN for a compression that is not read */
export async function storedCompression(bytes: StoredBytes, place: ImagePlace): Promise<Compression> {
  for await (const start of readStored({ ...bytes, sizeBytes: Math.min(bytes.sizeBytes, START_BYTES) })) {
    return compressionOf(start, place)
  }
  return "none"
}

async function* counted(
  source: AsyncIterable<Buffer>,
  count: (sizeBytes: number) => void,
): AsyncGenerator<Buffer, void> {
  for await (const chunk of source) {
    count(chunk.length)
    yield chunk
  }
}

interface Check {
  readonly place: ImagePlace
  readonly expected: Digest
  /** For the message. */
  readonly what: string
}

async function* verified(source: AsyncIterable<Buffer>, check: Check): AsyncGenerator<Buffer, void> {
  const hasher = createHasher()
  for await (const chunk of source) {
    hasher.update(chunk)
    yield chunk
  }
  const found = hasher.digest()
  if (found !== check.expected) throw digestMismatch(check, found)
}

/** The error for a part of an image whose bytes are not those that the image names. */
export function digestMismatch(check: Check, found: Digest): Error {
  return imageError("IMAGE_LAYER_DIGEST_MISMATCH", check.place, {
    problem: `its ${check.what} have the digest ${found}, and the image says ${check.expected}`,
    hint: "Copy or download the image again; if that does not help, do not trust its source",
  })
}
