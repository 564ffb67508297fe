const MAGIC = 0xfd2fb528
/** Single segment, content size in two bytes, no checksum, no dictionary. */
const DESCRIPTOR = 0b0110_0000
/** What two bytes of content size can say, which count from 256. */
const LEAST_BYTES = 256
const MOST_BYTES = 0xffff + LEAST_BYTES
const HEAD_BYTES = 10

/**
 * Packs bytes as a zstd frame that does not compress them. Its bytes follow from theirs alone, whatever library is used.
 *
 * @throws {RangeError} for fewer than 256 or more than 65,791 bytes
 * @see RFC 8878, sections 3.1.1.1 and 3.1.1.2
 */
export function storedFrame(bytes: Uint8Array): Buffer {
  if (bytes.length < LEAST_BYTES || bytes.length > MOST_BYTES)
    throw new RangeError(`A stored frame cannot have ${bytes.length} bytes`)
  const frame = Buffer.alloc(HEAD_BYTES + bytes.length)
  frame.writeUInt32LE(MAGIC, 0)
  frame.writeUInt8(DESCRIPTOR, 4)
  frame.writeUInt16LE(bytes.length - LEAST_BYTES, 5)
  // The last block, raw, and its length.
  frame.writeUIntLE(1 | (bytes.length << 3), 7, 3)
  frame.set(bytes, HEAD_BYTES)
  return frame
}
