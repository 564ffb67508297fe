/** How numbers lie in a file. */
export interface NumberType {
  readonly kind: "int" | "uint" | "float"
  readonly bytes: 1 | 2 | 4 | 8
  readonly endian: "little" | "big"
}

/** Numbers as an array of their own type; of integers of 8 bytes each is a bigint. */
export type NumberArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Float16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
export type LongArray = BigInt64Array | BigUint64Array

/**
 * Sees a piece of a file, whose length has to be a multiple of the type's, as numbers. They lie in the piece itself where its place in memory
 * and the machine's order of bytes allow it.
 */
export function viewNumbers(piece: Uint8Array, type: NumberType): NumberArray | LongArray {
  const make = ARRAYS[`${type.kind}${type.bytes}`]
  if (make === undefined) throw new RangeError(`No numbers are ${type.kind} of ${type.bytes} bytes`)
  const isInPlace = (type.endian === MACHINE || type.bytes === 1) && piece.byteOffset % type.bytes === 0
  const bytes = isInPlace ? piece : ordered(piece, type)
  return make(bytes.buffer, bytes.byteOffset, bytes.byteLength / type.bytes)
}

export function isLong(numbers: NumberArray | LongArray): numbers is LongArray {
  return numbers instanceof BigInt64Array || numbers instanceof BigUint64Array
}

const MACHINE: NumberType["endian"] = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? "little" : "big"

type MakeArray = (buffer: ArrayBufferLike, at: number, length: number) => NumberArray | LongArray

const ARRAYS: Readonly<Record<string, MakeArray>> = {
  int1: (buffer, at, length) => new Int8Array(buffer, at, length),
  int2: (buffer, at, length) => new Int16Array(buffer, at, length),
  int4: (buffer, at, length) => new Int32Array(buffer, at, length),
  int8: (buffer, at, length) => new BigInt64Array(buffer, at, length),
  uint1: (buffer, at, length) => new Uint8Array(buffer, at, length),
  uint2: (buffer, at, length) => new Uint16Array(buffer, at, length),
  uint4: (buffer, at, length) => new Uint32Array(buffer, at, length),
  uint8: (buffer, at, length) => new BigUint64Array(buffer, at, length),
  float2: (buffer, at, length) => new Float16Array(buffer, at, length),
  float4: (buffer, at, length) => new Float32Array(buffer, at, length),
  float8: (buffer, at, length) => new Float64Array(buffer, at, length),
}

/** A copy at the beginning of a buffer of its own, in the machine's order. */
function ordered(piece: Uint8Array, { bytes, endian }: NumberType): Uint8Array {
  const copy = Buffer.from(new ArrayBuffer(piece.length))
  copy.set(piece)
  if (endian === MACHINE) return copy
  if (bytes === 2) return copy.swap16()
  if (bytes === 4) return copy.swap32()
  return bytes === 8 ? copy.swap64() : copy
}
