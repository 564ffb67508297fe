import { createHasher } from "../../system/hash.ts"
import type { Format } from "../format.ts"
import type { NumberType } from "../numbers/number-type.ts"
import type { ByteReader } from "../streams/byte-reader.ts"
import { UnfitFile } from "../unfit-file.ts"
import { type ArrayHeader, compareArrays } from "./compare-arrays.ts"
import { coordinates, sizeOf } from "./place-name.ts"

/**
 * Volumes of brain images. Numbers are compared as they are meant: with the header's slope and intercept.
 *
 * @see NIfTI-1.1, nifti1.h; NIfTI-2, nifti2.h
 */
export const NIFTI: Format = {
  name: "nifti",
  fits: (head) => versionOf(head) !== undefined,
  compare: (a, b) => compareArrays(a, b, { format: "nifti", readHeader }),
}

/** A field of the header: where it lies, and how it is written. */
type Field = readonly [
  name: string,
  at: number,
  type: "i16" | "i32" | "i64" | "f32" | "f64" | "u8" | "text",
  count: number,
]

const FIELDS: Readonly<Record<1 | 2, readonly Field[]>> = {
  1: [
    ["dim_info", 39, "u8", 1],
    ["dim", 40, "i16", 8],
    ["intent_p1", 56, "f32", 1],
    ["intent_p2", 60, "f32", 1],
    ["intent_p3", 64, "f32", 1],
    ["intent_code", 68, "i16", 1],
    ["datatype", 70, "i16", 1],
    ["bitpix", 72, "i16", 1],
    ["slice_start", 74, "i16", 1],
    ["pixdim", 76, "f32", 8],
    ["vox_offset", 108, "f32", 1],
    ["scl_slope", 112, "f32", 1],
    ["scl_inter", 116, "f32", 1],
    ["slice_end", 120, "i16", 1],
    ["slice_code", 122, "u8", 1],
    ["xyzt_units", 123, "u8", 1],
    ["cal_max", 124, "f32", 1],
    ["cal_min", 128, "f32", 1],
    ["slice_duration", 132, "f32", 1],
    ["toffset", 136, "f32", 1],
    ["descrip", 148, "text", 80],
    ["aux_file", 228, "text", 24],
    ["qform_code", 252, "i16", 1],
    ["sform_code", 254, "i16", 1],
    ["quatern", 256, "f32", 3],
    ["qoffset", 268, "f32", 3],
    ["srow_x", 280, "f32", 4],
    ["srow_y", 296, "f32", 4],
    ["srow_z", 312, "f32", 4],
    ["intent_name", 328, "text", 16],
  ],
  2: [
    ["datatype", 12, "i16", 1],
    ["bitpix", 14, "i16", 1],
    ["dim", 16, "i64", 8],
    ["intent_p", 80, "f64", 3],
    ["pixdim", 104, "f64", 8],
    ["vox_offset", 168, "i64", 1],
    ["scl_slope", 176, "f64", 1],
    ["scl_inter", 184, "f64", 1],
    ["cal_max", 192, "f64", 1],
    ["cal_min", 200, "f64", 1],
    ["slice_duration", 208, "f64", 1],
    ["toffset", 216, "f64", 1],
    ["slice_start", 224, "i64", 1],
    ["slice_end", 232, "i64", 1],
    ["descrip", 240, "text", 80],
    ["aux_file", 320, "text", 24],
    ["qform_code", 344, "i32", 1],
    ["sform_code", 348, "i32", 1],
    ["quatern", 352, "f64", 3],
    ["qoffset", 376, "f64", 3],
    ["srow_x", 400, "f64", 4],
    ["srow_y", 432, "f64", 4],
    ["srow_z", 464, "f64", 4],
    ["slice_code", 496, "i32", 1],
    ["xyzt_units", 500, "i32", 1],
    ["intent_code", 504, "i32", 1],
    ["intent_name", 508, "text", 16],
    ["dim_info", 524, "u8", 1],
  ],
}

/** Extensions hold notes and the like. */
const MOST_HEADER_BYTES = 64 * 1024 * 1024
const HEADER_BYTES = { 1: 348, 2: 540 } as const

/** Numbers by their code in the header; complex ones and colours are compared byte by byte. */
const KINDS: Readonly<Record<number, Pick<NumberType, "kind" | "bytes">>> = {
  2: { kind: "uint", bytes: 1 },
  4: { kind: "int", bytes: 2 },
  8: { kind: "int", bytes: 4 },
  16: { kind: "float", bytes: 4 },
  64: { kind: "float", bytes: 8 },
  256: { kind: "int", bytes: 1 },
  512: { kind: "uint", bytes: 2 },
  768: { kind: "uint", bytes: 4 },
  1024: { kind: "int", bytes: 8 },
  1280: { kind: "uint", bytes: 8 },
}

interface Version {
  readonly version: 1 | 2
  readonly endian: "little" | "big"
}

/** By the length of the header, which is its first number, and the mark. */
function versionOf(head: Uint8Array): Version | undefined {
  if (head.length < 352) return undefined
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
  for (const version of [1, 2] as const) {
    const mark = Buffer.from(head).toString("latin1", version === 1 ? 344 : 4, version === 1 ? 347 : 7)
    if (mark !== (version === 1 ? "n+1" : "n+2")) continue
    if (view.getInt32(0, true) === HEADER_BYTES[version]) return { version, endian: "little" }
    if (view.getInt32(0, false) === HEADER_BYTES[version]) return { version, endian: "big" }
  }
  return undefined
}

async function readHeader(reader: ByteReader): Promise<ArrayHeader> {
  const start = await reader.peek(HEADER_BYTES[2])
  const found = versionOf(start)
  if (found === undefined) throw new UnfitFile("its header is cut short")
  const { version, endian } = found
  if (start.length < HEADER_BYTES[version]) throw new UnfitFile("its header is cut short")
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength)
  const values = new Map(
    FIELDS[version].map((field) => [field[0], readField(view, field, endian === "little")] as const),
  )
  const numbersOf = (name: string): readonly number[] => (values.get(name) ?? []).map(Number)
  const [used = 0, ...lengths] = numbersOf("dim")
  const shape = lengths.slice(0, Math.max(0, Math.min(7, used)))
  const dataAt = numbersOf("vox_offset")[0] ?? 0
  if (!(dataAt >= HEADER_BYTES[version]) || shape.some((length) => !(length > 0)))
    throw new UnfitFile("its header makes no sense")
  if (dataAt > MOST_HEADER_BYTES) throw new UnfitFile("its header says that the numbers lie far behind it")
  const header = await reader.take(dataAt)
  const slope = numbersOf("scl_slope")[0] ?? 0
  const kind = KINDS[numbersOf("datatype")[0] ?? 0]
  const scaled = slope !== 0 && Number.isFinite(slope)
  return {
    fields: new Map([
      ["version", `NIfTI-${version}, ${endian} endian`],
      ...[...values].map(([name, list]) => [name, list.join(" ")] as const),
      ["extensions", digestOf(header.subarray(HEADER_BYTES[version]))],
    ]),
    block: kind && {
      type: { ...kind, endian },
      count: sizeOf(shape),
      scale: scaled ? slope : 1,
      offset: scaled ? (numbersOf("scl_inter")[0] ?? 0) : 0,
      nameOf: (index) => `voxel ${coordinates(index, shape).join(",")}`,
    },
  }
}

function readField(view: DataView, [, at, type, count]: Field, isLittle: boolean): readonly (string | number)[] {
  if (type === "text") {
    const bytes = Buffer.from(view.buffer, view.byteOffset + at, count)
    const end = bytes.indexOf(0)
    return [JSON.stringify(bytes.toString("latin1", 0, end === -1 ? count : end))]
  }
  const read = READERS[type]
  return Array.from({ length: count }, (_, index) => read(view, at + SIZES[type] * index, isLittle))
}

type NumberField = Exclude<Field[2], "text">

const SIZES: Readonly<Record<NumberField, number>> = { u8: 1, i16: 2, i32: 4, i64: 8, f32: 4, f64: 8 }
const READERS: Readonly<Record<NumberField, (view: DataView, at: number, isLittle: boolean) => number>> = {
  u8: (view, at) => view.getUint8(at),
  i16: (view, at, isLittle) => view.getInt16(at, isLittle),
  i32: (view, at, isLittle) => view.getInt32(at, isLittle),
  i64: (view, at, isLittle) => Number(view.getBigInt64(at, isLittle)),
  f32: (view, at, isLittle) => view.getFloat32(at, isLittle),
  f64: (view, at, isLittle) => view.getFloat64(at, isLittle),
}

/** Extensions lie between header and numbers: they are compared as a whole. */
function digestOf(extensions: Uint8Array): string {
  const hasher = createHasher()
  hasher.update(extensions)
  return `${extensions.length} bytes, ${hasher.digest()}`
}
