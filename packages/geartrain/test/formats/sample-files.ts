import { crc32 } from "node:zlib"
import { compareFiles } from "../../src/formats/compare-files.ts"
import { UnpackBudget } from "../../src/formats/containers/unpack-budget.ts"
import type { FileSource } from "../../src/formats/file-source.ts"
import type { FormatMeans } from "../../src/formats/format.ts"

/** Small files of many formats, made byte by byte, to compare and to spoil. */

/** A file in memory that comes in pieces of an odd size, as a disk may give them. */
export function file(name: string, content: string | Uint8Array, pieceBytes = 1021): FileSource {
  const bytes = Buffer.from(content as Uint8Array)
  return {
    name,
    async *chunks() {
      for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
    },
  }
}

/** What a format is given, where it is asked directly. */
export function means(budget = new UnpackBudget()): FormatMeans {
  return { inside: (a, b) => compareFiles(a, b, budget), budget }
}

export interface NiftiParts {
  readonly values: readonly number[]
  readonly description?: string
  readonly slope?: number
  readonly extension?: Uint8Array
  readonly bigEndian?: boolean
}

/** A NIfTI-1 volume of 16 bit integers, 2 wide. */
export function nifti({
  values,
  description = "",
  slope = 0,
  extension = Buffer.alloc(0),
  bigEndian = false,
}: NiftiParts): Buffer {
  const header = Buffer.alloc(352)
  const little = !bigEndian
  const view = new DataView(header.buffer, header.byteOffset, header.length)
  view.setInt32(0, 348, little)
  for (const [index, length] of [2, 2, values.length / 2, 1, 1, 1, 1, 1].entries())
    view.setInt16(40 + 2 * index, length, little)
  view.setInt16(70, 4, little)
  view.setInt16(72, 16, little)
  view.setFloat32(108, 352 + extension.length, little)
  view.setFloat32(112, slope, little)
  header.write(description, 148, "latin1")
  header.write("n+1\0", 344, "latin1")
  const data = Buffer.alloc(values.length * 2)
  const numbers = new DataView(data.buffer, data.byteOffset, data.length)
  for (const [index, value] of values.entries()) numbers.setInt16(2 * index, value, little)
  return Buffer.concat([header, extension, data])
}

/** A two-dimensional array of doubles. */
export function npy(rows: readonly (readonly number[])[], { fortran = false } = {}): Buffer {
  const shape = [rows.length, rows[0]?.length ?? 0]
  const text = `{'descr': '<f8', 'fortran_order': ${fortran ? "True" : "False"}, 'shape': (${shape.join(", ")}), }`
  const header = `${text.padEnd(117)}\n`
  const length = Buffer.alloc(2)
  length.writeUInt16LE(header.length)
  const values = fortran ? (rows[0] ?? []).flatMap((_, column) => rows.map((row) => row[column] ?? 0)) : rows.flat()
  return Buffer.concat([
    Buffer.from("\x93NUMPY\x01\x00", "latin1"),
    length,
    Buffer.from(header, "latin1"),
    Buffer.from(new Float64Array(values).buffer),
  ])
}

/** An image of single precision with one part. */
export function fits(values: readonly number[], cards: readonly string[] = []): Buffer {
  const all = [
    "SIMPLE  =                    T",
    "BITPIX  =                  -32",
    "NAXIS   =                    1",
    `NAXIS1  = ${String(values.length).padStart(20)}`,
    ...cards,
    "END",
  ]
  const data = Buffer.alloc(values.length * 4)
  for (const [index, value] of values.entries()) data.writeFloatBE(value, 4 * index)
  return Buffer.concat([padded(Buffer.from(all.map((card) => card.padEnd(80)).join("")), " "), padded(data, "\0")])
}

function padded(bytes: Buffer, fill: string): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((2880 - (bytes.length % 2880)) % 2880, fill)])
}

export interface ZippedFile {
  readonly name: string
  readonly content: string | Uint8Array
  /** DOS time and date, as zip has them. */
  readonly time?: number
}

/** An archive whose members are stored as they are. */
export function zip(files: readonly ZippedFile[]): Buffer {
  const locals: Buffer[] = []
  const entries: Buffer[] = []
  let offset = 0
  for (const { name, content, time = 0x58_21_60_00 } of files) {
    const data = Buffer.from(content as Uint8Array)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt32LE(time, 6)
    common.writeUInt32LE(crc32(data), 10)
    common.writeUInt32LE(data.length, 14)
    common.writeUInt32LE(data.length, 18)
    common.writeUInt16LE(Buffer.byteLength(name), 22)
    locals.push(Buffer.from("PK\x03\x04", "latin1"), common, Buffer.from(name), data)
    const entry = Buffer.alloc(14)
    entry.writeUInt32LE(offset, 10)
    entries.push(Buffer.from("PK\x01\x02\x14\x00", "latin1"), common, entry, Buffer.from(name))
    offset += 30 + Buffer.byteLength(name) + data.length
  }
  const directory = Buffer.concat(entries)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(files.length, 4)
  end.writeUInt16LE(files.length, 6)
  end.writeUInt32LE(directory.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...locals, directory, Buffer.from("PK\x05\x06", "latin1"), end])
}

/** The content of a BAM before its compression: reads by name, each at a place of one sequence. */
export function bam(header: string, reads: readonly (readonly [name: string, position: number])[]): Buffer {
  const int = (value: number): Buffer => {
    const bytes = Buffer.alloc(4)
    bytes.writeInt32LE(value)
    return bytes
  }
  const records = reads.flatMap(([name, position]) => {
    const record = Buffer.alloc(32 + name.length + 1)
    record.writeInt32LE(0, 0)
    record.writeInt32LE(position, 4)
    record.writeUInt8(name.length + 1, 8)
    record.writeInt32LE(-1, 20)
    record.write(name, 32, "latin1")
    return [int(record.length), record]
  })
  const sequence = Buffer.from("chr1\0")
  return Buffer.concat([
    Buffer.from("BAM\x01", "latin1"),
    int(header.length),
    Buffer.from(header),
    int(1),
    int(sequence.length),
    sequence,
    int(1000),
    ...records,
  ])
}

/** A picture of one colour but for one pixel. */
export function pixels(width: number, height: number, odd: readonly number[] = [9, 9, 9, 255]): Buffer {
  const bytes = Buffer.alloc(width * height * 4, 200)
  bytes.set(odd, 0)
  return bytes
}

/** An uncompressed 16 bit image with a patient's name, explicit and little endian. */
export function dicom(name: string, values: readonly number[]): Buffer {
  const element = (group: number, tag: number, vr: string, value: Buffer): Buffer => {
    const isLong = vr === "OW"
    const head = Buffer.alloc(isLong ? 12 : 8)
    head.writeUInt16LE(group, 0)
    head.writeUInt16LE(tag, 2)
    head.write(vr, 4, "latin1")
    if (isLong) head.writeUInt32LE(value.length, 8)
    else head.writeUInt16LE(value.length, 6)
    return Buffer.concat([head, value])
  }
  const short = (value: number): Buffer => Buffer.from([value & 255, value >> 8])
  const syntax = element(2, 0x10, "UI", Buffer.from("1.2.840.10008.1.2.1\0"))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(syntax.length)
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from("DICM"),
    element(2, 0, "UL", length),
    syntax,
    element(0x10, 0x10, "PN", Buffer.from(name.padEnd(name.length + (name.length % 2)))),
    element(0x28, 0x100, "US", short(16)),
    element(0x28, 0x103, "US", short(0)),
    element(0x7fe0, 0x10, "OW", Buffer.concat(values.map(short))),
  ])
}

export function pdf(date: string, page: string): string {
  return `%PDF-1.4\n1 0 obj\n<< /CreationDate (D:${date}) /Title (A \\(small\\) one) >>\nendobj\n${page}\ntrailer << /ID [<${date}> <${date}>] >>\n%%EOF\n`
}
