import { zstdDecompressSync } from "node:zlib"

/** The packed size of a data block, as 32 bits have it. */
export interface BlockSize {
  /** 0: there is no block, and what it would hold are zeros. */
  readonly packedBytes: number
  readonly isStored: boolean
}

const STORED = 1 << 24

/**
 * @param unpackedBytes  What the block holds.
 * @throws {RangeError} for a size that no block of so many bytes has
 */
export function readBlockSize(word: number, unpackedBytes: number): BlockSize {
  const packedBytes = word & (STORED - 1)
  const isStored = (word & STORED) !== 0
  if (word >= STORED * 2 || packedBytes > unpackedBytes || (isStored && packedBytes !== unpackedBytes))
    throw new RangeError(`it has a block of ${word} bytes for ${unpackedBytes}`)
  return { packedBytes, isStored }
}

/**
 * Unpacks a block, of data or of metadata.
 *
 * @throws {RangeError} when it is no zstd, or unpacks to more than `mostBytes`
 */
export function unpackBlock(packed: Buffer, mostBytes: number): Buffer {
  try {
    return zstdDecompressSync(packed, { maxOutputLength: mostBytes, chunkSize: mostBytes })
  } catch (cause) {
    throw new RangeError(`it has a block of ${packed.length} bytes that cannot be unpacked`, { cause })
  }
}
