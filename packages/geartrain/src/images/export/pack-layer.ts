import { Readable } from "node:stream"
import { createGzip, createZstdCompress } from "node:zlib"
import type { Digest } from "@geartrain/spec"
import type { Compression } from "../../packing/compression/decompress.ts"
import { createHasher } from "../../system/hash.ts"

/** A layer that was written: what an image says of it. */
export interface PackedLayer {
  readonly mediaType: string
  /** Of the bytes as they were written. */
  readonly digest: Digest
  readonly sizeBytes: number
  /** Of the tar stream in them. */
  readonly diffId: Digest
}

const MEDIA_TYPES: Readonly<Record<Compression, string>> = {
  none: "application/vnd.oci.image.layer.v1.tar",
  gzip: "application/vnd.oci.image.layer.v1.tar+gzip",
  zstd: "application/vnd.oci.image.layer.v1.tar+zstd",
}

/**
 * Packs a tar stream as a layer, and hashes it on both sides of the compression.
 *
 * @param write  Takes the bytes, one chunk after the other.
 */
export async function packLayer(
  tar: AsyncIterable<Uint8Array>,
  compression: Compression,
  write: (bytes: Uint8Array) => Promise<void>,
): Promise<PackedLayer> {
  const unpacked = createHasher()
  const packed = createHasher()
  let sizeBytes = 0
  for await (const chunk of compress(
    observed(tar, (bytes) => unpacked.update(bytes)),
    compression,
  )) {
    packed.update(chunk)
    sizeBytes += chunk.length
    await write(chunk)
  }
  return { mediaType: MEDIA_TYPES[compression], digest: packed.digest(), sizeBytes, diffId: unpacked.digest() }
}

/** Compresses a stream. Equal bytes give equal bytes: neither a name nor a time is put in. */
export function compress(source: AsyncIterable<Uint8Array>, compression: Compression): AsyncIterable<Uint8Array> {
  if (compression === "none") return source
  const transform = compression === "gzip" ? createGzip() : createZstdCompress()
  // compose() passes errors of the source on, and ends the source when nobody reads any more.
  return Readable.from(source, { objectMode: false }).compose(transform) as AsyncIterable<Buffer>
}

async function* observed(
  source: AsyncIterable<Uint8Array>,
  observe: (bytes: Uint8Array) => void,
): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of source) {
    observe(chunk)
    yield chunk
  }
}
