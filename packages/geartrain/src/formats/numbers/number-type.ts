/** How numbers lie in a file. */
export interface NumberType {
  readonly kind: "int" | "uint" | "float"
  readonly bytes: 1 | 2 | 4 | 8
  readonly endian: "little" | "big"
}

/** Reads the numbers of a piece of a file, whose length has to be a multiple of the type's. */
export function readNumbers(piece: Uint8Array, type: NumberType): Float64Array {
  const view = new DataView(piece.buffer, piece.byteOffset, piece.byteLength)
  const read = READERS[`${type.kind}${type.bytes}`]
  if (read === undefined) throw new RangeError(`No numbers are ${type.kind} of ${type.bytes} bytes`)
  const isLittle = type.endian === "little"
  const numbers = new Float64Array(piece.byteLength / type.bytes)
  for (let index = 0; index < numbers.length; index += 1) numbers[index] = read(view, index * type.bytes, isLittle)
  return numbers
}

type Reader = (view: DataView, at: number, isLittle: boolean) => number

/** Integers of 8 bytes lose their last digits: enough to tell how far two are apart, and whether they differ is told by their bytes. */
const READERS: Readonly<Record<string, Reader>> = {
  int1: (view, at) => view.getInt8(at),
  int2: (view, at, isLittle) => view.getInt16(at, isLittle),
  int4: (view, at, isLittle) => view.getInt32(at, isLittle),
  int8: (view, at, isLittle) => Number(view.getBigInt64(at, isLittle)),
  uint1: (view, at) => view.getUint8(at),
  uint2: (view, at, isLittle) => view.getUint16(at, isLittle),
  uint4: (view, at, isLittle) => view.getUint32(at, isLittle),
  uint8: (view, at, isLittle) => Number(view.getBigUint64(at, isLittle)),
  float2: (view, at, isLittle) => view.getFloat16(at, isLittle),
  float4: (view, at, isLittle) => view.getFloat32(at, isLittle),
  float8: (view, at, isLittle) => view.getFloat64(at, isLittle),
}
