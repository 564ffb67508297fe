/** What is sorted: by its key, byte by byte. */
export interface SortRecord {
  readonly key: Uint8Array
  readonly value: Uint8Array
}

/** Before each record: how long its key is, and how long its value. */
export const RECORD_HEAD_BYTES = 8

export function encodedBytes({ key, value }: SortRecord): number {
  return RECORD_HEAD_BYTES + key.length + value.length
}

export function writeSortRecord({ key, value }: SortRecord, into: Buffer, at: number): void {
  into.writeUInt32LE(key.length, at)
  into.writeUInt32LE(value.length, at + 4)
  into.set(key, at + RECORD_HEAD_BYTES)
  into.set(value, at + RECORD_HEAD_BYTES + key.length)
}

/** As long as the record that begins there, if its head is there. */
export function sizeOfRecord(bytes: Buffer, at: number): number {
  return RECORD_HEAD_BYTES + bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4)
}

/** Answers with views. */
export function readSortRecord(bytes: Buffer, at: number): { readonly key: Buffer; readonly value: Buffer } {
  const start = at + RECORD_HEAD_BYTES
  const end = start + bytes.readUInt32LE(at)
  return { key: bytes.subarray(start, end), value: bytes.subarray(end, end + bytes.readUInt32LE(at + 4)) }
}

/** Which of two records comes first, as a comparison for sorting has it. */
export function compareRecords(bytes: Buffer, a: number, b: number): number {
  const [aStart, bStart] = [a + RECORD_HEAD_BYTES, b + RECORD_HEAD_BYTES]
  const [aEnd, bEnd] = [aStart + bytes.readUInt32LE(a), bStart + bytes.readUInt32LE(b)]
  return bytes.compare(bytes, bStart, bEnd, aStart, aEnd)
}
