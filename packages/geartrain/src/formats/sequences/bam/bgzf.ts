import { promisify } from "node:util"
import { gunzip } from "node:zlib"
import { UnfitFile } from "../../unfit-file.ts"

/** Up to and with the length of the block, in the one way in which all writers put it. */
const HEADER_BYTES = 18
/** What a block unpacks to at most. */
const MOST_UNPACKED_BYTES = 64 * 1024

/**
 * Whether a file consists of blocks that are packed one by one, and tell their length.
 *
 * @see Sequence Alignment/Map Format Specification, section 4.1, "The BGZF compression format"
 */
export function isBgzf(head: Uint8Array): boolean {
  return head.length >= HEADER_BYTES && isBlockHeader(Buffer.from(head.buffer, head.byteOffset, head.byteLength), 0)
}

/**
 * How long the blocks are, together, that lie whole within the first `within` bytes.
 *
 * @param most  The greatest number of blocks.
 * @throws {UnfitFile} where no block begins.
 */
export function wholeBlocks(bytes: Buffer, within: number, most = Number.POSITIVE_INFINITY): BlockRun {
  let length = 0
  let count = 0
  let unpackedBytes = 0
  while (count < most && length + HEADER_BYTES <= within) {
    if (!isBlockHeader(bytes, length)) throw new UnfitFile("it has a block without a length")
    const end = length + bytes.readUInt16LE(length + 16) + 1
    if (end < length + HEADER_BYTES + 8) throw new UnfitFile("it has a block of no possible length")
    if (end > within) break
    const unpacked = bytes.readUInt32LE(end - 4)
    if (unpacked > MOST_UNPACKED_BYTES) throw new UnfitFile("it has a block that is too large")
    unpackedBytes += unpacked
    count += 1
    length = end
  }
  return { length, count, unpackedBytes }
}

export interface BlockRun {
  readonly length: number
  readonly count: number
  readonly unpackedBytes: number
}

/**
 * Unpacks blocks, in a thread of their own.
 *
 * @throws {UnfitFile} when one is damaged.
 */
export async function unpackBlocks(bytes: Buffer, unpackedBytes: number): Promise<Buffer> {
  if (bytes.length === 0) return bytes
  try {
    // One byte more than is needed, for what unpacks just into it is asked for once more.
    return await unzip(bytes, { chunkSize: Math.max(64, unpackedBytes + 1), maxOutputLength: unpackedBytes + 1 })
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException
    if (!code.startsWith("Z_") && code !== "ERR_BUFFER_TOO_LARGE") throw error
    throw new UnfitFile("it is damaged")
  }
}

const unzip = promisify(gunzip)

/** gzip with one field of its own: two letters, their length, and the length of the block less one. */
function isBlockHeader(bytes: Buffer, at: number): boolean {
  return (
    bytes.readUInt32LE(at) === 0x04_08_8b_1f && bytes.readUInt16LE(at + 10) === 6 && bytes.readUInt32LE(at + 12) === BC
  )
}

const BC = 0x00_02_43_42
