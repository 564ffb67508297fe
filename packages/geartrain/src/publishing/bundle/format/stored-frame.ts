const MAGIC = 0xfd2fb528
/** What two bytes of content size begin with. */
export const LEAST_STORED_BYTES = 256
/** Single segment, no checksum, no dictionary; content size in two bytes, which count from 256, or in four. */
const SHORT = {
  descriptor: 0b0110_0000,
  least: LEAST_STORED_BYTES,
  most: 0xffff + LEAST_STORED_BYTES,
  headBytes: 7,
} as const
const LONG = { descriptor: 0b1010_0000, least: SHORT.most + 1, most: 2 ** 20, headBytes: 9 } as const
const BLOCK_HEAD_BYTES = 3
/** Of one block. @see RFC 8878, section 3.1.1.2.4 */
const BLOCK_BYTES = 128 * 1024

/**
 * Packs bytes as a zstd frame that does not compress them. Its bytes follow from theirs alone, whatever library is used.
 *
 * @throws {RangeError} for fewer than 256 bytes or more than 1 MiB
 * @see RFC 8878, sections 3.1.1.1 and 3.1.1.2
 */
export function storedFrame(bytes: Uint8Array): Buffer {
  const { length } = bytes
  if (length < SHORT.least || length > LONG.most) throw new RangeError(`A stored frame cannot have ${length} bytes`)
  const form = length <= SHORT.most ? SHORT : LONG
  const blocks = Math.ceil(length / BLOCK_BYTES)
  const frame = Buffer.allocUnsafe(form.headBytes + blocks * BLOCK_HEAD_BYTES + length)
  frame.writeUInt32LE(MAGIC, 0)
  frame.writeUInt8(form.descriptor, 4)
  if (form === SHORT) frame.writeUInt16LE(length - SHORT.least, 5)
  else frame.writeUInt32LE(length, 5)
  let position: number = form.headBytes
  for (let start = 0; start < length; start += BLOCK_BYTES) {
    const block = bytes.subarray(start, start + BLOCK_BYTES)
    const isLast = start + BLOCK_BYTES >= length
    // A raw block, and its length.
    frame.writeUIntLE((isLast ? 1 : 0) | (block.length << 3), position, BLOCK_HEAD_BYTES)
    frame.set(block, position + BLOCK_HEAD_BYTES)
    position += BLOCK_HEAD_BYTES + block.length
  }
  return frame
}
