import type { Format } from "../format.ts"
import type { NumberType } from "../numbers/number-type.ts"
import type { ByteReader } from "../streams/byte-reader.ts"
import { UnfitFile } from "../unfit-file.ts"
import { type ArrayHeader, compareArrays } from "./compare-arrays.ts"
import { coordinates, sizeOf } from "./place-name.ts"

/**
 * Arrays of NumPy.
 *
 * @see NumPy Enhancement Proposal 1, "A Simple File Format for NumPy Arrays"
 */
export const NPY: Format = {
  name: "npy",
  fits: (head) => isNpy(head),
  compare: (a, b) => compareArrays(a, b, { format: "npy", readHeader }),
}

const MARK = Buffer.from("\x93NUMPY", "latin1")
/** Headers of structured arrays can be long; this is no header any more. */
const MOST_HEADER_BYTES = 1024 * 1024

function isNpy(head: Uint8Array): boolean {
  return head.length >= 10 && Buffer.compare(head.subarray(0, MARK.length), MARK) === 0
}

async function readHeader(reader: ByteReader): Promise<ArrayHeader> {
  const start = await reader.take(8)
  if (start.length < 8) throw new UnfitFile("its header is cut short")
  const [major = 0, minor = 0] = start.subarray(6)
  if (major < 1 || major > 3 || minor !== 0)
    throw new UnfitFile(`it is of version ${major}.${minor}, which is not known`)
  const lengthBytes = major === 1 ? 2 : 4
  const length = (await reader.take(lengthBytes)).reduceRight((sum, byte) => sum * 256 + byte, 0)
  if (length > MOST_HEADER_BYTES) throw new UnfitFile("its header is too long")
  const header = await reader.take(length)
  if (header.length < length) throw new UnfitFile("its header is cut short")
  const text = headerText(header, major)
  const type = /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1]
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1]
  const shapeText = /'shape'\s*:\s*\(([^)]*)\)/.exec(text)?.[1]
  if (order === undefined || shapeText === undefined) throw new UnfitFile("its header is not that of an array")
  const shape = shapeText
    .split(",")
    .filter((part) => part.trim() !== "")
    .map((part) => Number.parseInt(part, 10))
  if (shape.some((axis) => !(axis >= 0))) throw new UnfitFile("its shape makes no sense")
  // The axis that runs fastest is the last one, unless in Fortran's order.
  const fastestFirst = order === "True" ? shape : shape.toReversed()
  const numbers = type === undefined ? undefined : numberType(type)
  return {
    fields: new Map([
      ["type", type ?? text.trim()],
      ["fortran_order", order],
      ["shape", shape.join(" × ")],
    ]),
    block: numbers && {
      type: numbers,
      count: sizeOf(shape),
      nameOf: (index) => {
        const at = coordinates(index, fastestFirst)
        return `[${(order === "True" ? at : at.toReversed()).join(", ")}]`
      },
    },
  }
}

/** Names of fields are latin-1, and UTF-8 from version 3 on. Two that are neither must not look the same. */
function headerText(header: Uint8Array, major: number): string {
  if (major < 3) return Buffer.from(header).toString("latin1")
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(header)
  } catch (error) {
    throw new UnfitFile("its header is not UTF-8", { cause: error })
  }
}

/** `<f8` and the like; texts, dates, complex numbers and records are compared byte by byte. */
function numberType(type: string): NumberType | undefined {
  const [, order, letter, size] = /^([<>|=])([iufb])([1248])$/.exec(type) ?? []
  if (letter === undefined) return undefined
  return {
    kind: ({ i: "int", u: "uint", b: "uint", f: "float" } as const)[letter as "i" | "u" | "b" | "f"],
    bytes: Number(size) as NumberType["bytes"],
    endian: order === ">" ? "big" : "little",
  }
}
