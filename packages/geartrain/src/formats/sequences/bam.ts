import { gunzip, isGzip } from "../containers/gunzip.ts"
import { comparison, type FileComparison, Findings } from "../file-comparison.ts"
import type { FileSource } from "../file-source.ts"
import type { Format } from "../format.ts"
import { compareRecords, isOnlyOrder, recordSummary } from "../records/compare-records.ts"
import { ByteReader } from "../streams/byte-reader.ts"
import { UnfitFile } from "../unfit-file.ts"

/**
 * Alignments in binary: the header line by line, then record by record, whatever the blocks of the compression are.
 *
 * @see Sequence Alignment/Map Format Specification, section 4
 */
export const BAM: Format = {
  name: "bam",
  fits: (head, name) => name.endsWith(".bam") && isGzip(head),
  compare: compareBam,
}

/** Headers name every sequence of a genome, and long reads have long records: these are neither. */
const MOST_HEADER_BYTES = 64 * 1024 * 1024
const MOST_RECORD_BYTES = 64 * 1024 * 1024

async function compareBam(a: FileSource, b: FileSource): Promise<FileComparison> {
  const findings = new Findings()
  const header = await compareRecords(headerLines(a), headerLines(b), {
    findings,
    nameOf: (number) => `header line ${number}`,
  })
  const records = await compareRecords(recordsOf(a), recordsOf(b), {
    findings,
    nameOf: (number) => `record ${number}`,
    show: showRecord,
  })
  return comparison("bam", findings, {
    summary: `${recordSummary("header lines", header)}; ${recordSummary("records", records)}`,
    ...(header.elsewhere === 0 && isOnlyOrder(records) ? { onlyOrder: true as const } : {}),
  })
}

/** The text of the header, and after it the sequences, which may say more than it. */
async function* headerLines(source: FileSource): AsyncIterable<string> {
  const reader = new ByteReader(gunzip(source.chunks()))
  try {
    yield* (await readText(reader)).split("\n")
    for (const sequence of await readSequences(reader)) yield sequence
  } finally {
    await reader.close()
  }
}

/** Each record as its bytes, a character each. */
async function* recordsOf(source: FileSource): AsyncIterable<string> {
  const reader = new ByteReader(gunzip(source.chunks()))
  try {
    await readText(reader)
    await readSequences(reader)
    for (;;) {
      const size = await reader.take(4)
      if (size.length === 0) return
      const length = size.length < 4 ? -1 : Buffer.from(size).readInt32LE(0)
      if (length < 32 || length > MOST_RECORD_BYTES) throw new UnfitFile("it has a record of no possible length")
      const record = await reader.take(length)
      if (record.length < length) throw new UnfitFile("it is cut short")
      yield Buffer.from(record.buffer, record.byteOffset, record.byteLength).toString("latin1")
    }
  } finally {
    await reader.close()
  }
}

async function readText(reader: ByteReader): Promise<string> {
  if (Buffer.from(await reader.take(4)).toString("latin1") !== "BAM\u0001")
    throw new UnfitFile("it has not the mark of a BAM")
  const text = Buffer.from(await reader.take(await readLength(reader))).toString("utf8")
  return text.replace(/\0+$/, "").replace(/\n$/, "")
}

async function readSequences(reader: ByteReader): Promise<readonly string[]> {
  const count = await readLength(reader)
  const sequences: string[] = []
  for (let index = 0; index < count; index += 1) {
    const name = Buffer.from(await reader.take(await readLength(reader)))
      .toString("latin1")
      .replace(/\0$/, "")
    sequences.push(`sequence ${name}, ${await readLength(reader, Number.MAX_SAFE_INTEGER)} bases`)
  }
  return sequences
}

async function readLength(reader: ByteReader, most = MOST_HEADER_BYTES): Promise<number> {
  const bytes = await reader.take(4)
  const length = bytes.length < 4 ? -1 : Buffer.from(bytes).readInt32LE(0)
  if (length < 0 || length > most) throw new UnfitFile("its header makes no sense")
  return length
}

/** Name, flag and place of a read: what people find it by. */
function showRecord(record: string): string {
  const bytes = Buffer.from(record, "latin1")
  const name = bytes.toString("latin1", 32, 32 + Math.max(0, bytes.readUInt8(8) - 1))
  return `${name} flag ${bytes.readUInt16LE(14)} at ${bytes.readInt32LE(0)}:${bytes.readInt32LE(4) + 1}, ${bytes.length} bytes`
}
