const FRAME_MAGIC = 0xfd2fb528

/**
 * How many bytes a zstd frame says that it unpacks to.
 *
 * @returns undefined when it does not say so, or when the bytes are no frame.
 * @see RFC 8878, section 3.1.1.1
 */
export function frameContentSize(frame: Uint8Array): number | undefined {
  const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength)
  if (bytes.length < 5 || bytes.readUInt32LE(0) !== FRAME_MAGIC) return undefined
  const descriptor = bytes.readUInt8(4)
  const isSingleSegment = (descriptor & 0x20) !== 0
  const offset = 5 + (isSingleSegment ? 0 : 1) + ([0, 1, 2, 4][descriptor & 3] as number)
  const flag = descriptor >>> 6
  const length = flag === 0 ? (isSingleSegment ? 1 : 0) : 2 ** flag
  if (length === 0 || bytes.length < offset + length) return undefined
  if (length === 8) return Number(bytes.readBigUInt64LE(offset))
  return bytes.readUIntLE(offset, length) + (length === 2 ? 256 : 0)
}
