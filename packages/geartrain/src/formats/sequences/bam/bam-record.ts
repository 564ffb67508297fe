import { UnfitFile } from "../../unfit-file.ts"

/** Before name, operations, bases and qualities come fields of fixed length. */
const FIXED_BYTES = 32
/** Long reads have long records; this is none. */
const MOST_RECORD_BYTES = 64 * 1024 * 1024

/**
 * How long the record is that begins at a place, with the four bytes of its length.
 *
 * @returns undefined while that is not known.
 * @throws {UnfitFile} when none can begin there.
 */
export function recordLength(bytes: Buffer, at: number): number | undefined {
  if (at + 4 > bytes.length) return undefined
  const length = bytes.readInt32LE(at)
  if (length < FIXED_BYTES || length > MOST_RECORD_BYTES) throw new UnfitFile("it has a record of no possible length")
  return 4 + length
}

/**
 * Whether a record seems to begin at a place: its parts fit into it, its name ends where it has to, and its sequence is one of the header's.
 *
 * @see Sequence Alignment/Map Format Specification, section 4.2
 */
export function seemsRecord(bytes: Buffer, at: number, sequences: number): boolean {
  if (at + 4 + FIXED_BYTES > bytes.length) return true
  const length = bytes.readInt32LE(at)
  const start = at + 4
  const nameBytes = bytes.readUInt8(start + 8)
  const bases = bytes.readInt32LE(start + 16)
  const parts = FIXED_BYTES + nameBytes + 4 * bytes.readUInt16LE(start + 12) + Math.ceil(bases / 2) + bases
  const isSequence = (number: number): boolean => number >= -1 && number < sequences
  const nameEnd = start + FIXED_BYTES + nameBytes - 1
  return (
    bases >= 0 &&
    nameBytes > 0 &&
    parts <= length &&
    length <= MOST_RECORD_BYTES &&
    isSequence(bytes.readInt32LE(start)) &&
    isSequence(bytes.readInt32LE(start + 20)) &&
    (nameEnd >= bytes.length || (bytes[nameEnd] === 0 && bytes.indexOf(0, start + FIXED_BYTES) === nameEnd))
  )
}

/** Name, flag and place of a read: what people find it by. */
export function showRecord(record: string): string {
  const bytes = Buffer.from(record, "latin1")
  const name = bytes.toString("latin1", FIXED_BYTES, FIXED_BYTES + Math.max(0, bytes.readUInt8(8) - 1))
  return `${name} flag ${bytes.readUInt16LE(14)} at ${bytes.readInt32LE(0)}:${bytes.readInt32LE(4) + 1}, ${bytes.length} bytes`
}
