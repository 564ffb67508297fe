import type { PaxRecords } from "./pax-records.ts"
import { parseDecimal } from "./pax-records.ts"
import type { DataSegment } from "./tar-entry.ts"
import { BLOCK_BYTES, FIELDS } from "./tar-header.ts"
import { readNumber } from "./tar-numbers.ts"

/** Stretches of data in one file. A map of this many takes 30 MB, and no filesystem makes one with more. */
export const MOST_SEGMENTS = 500_000

/** What the headers say of a sparse file. */
export interface SparseHeader {
  readonly realSize: number
  /** `body`: the map stands at the beginning of the body, in blocks of its own (PAX 1.0). */
  readonly map: readonly DataSegment[] | "body"
  readonly name?: Buffer
}

/**
 * Finds the sparse map in the records of an extended header, in any of GNU's three ways.
 *
 * @returns undefined for a file that is not sparse, `damaged` when the records contradict each other.
 * @see GNU tar manual, "Storing Sparse Files"
 */
export function paxSparseHeader({ values, sparsePairs }: PaxRecords): SparseHeader | "damaged" | undefined {
  const major = values.get("GNU.sparse.major")?.toString("latin1")
  const size = values.get("GNU.sparse.realsize") ?? values.get("GNU.sparse.size")
  if (size === undefined) return major === undefined && sparsePairs.length === 0 ? undefined : "damaged"
  const realSize = parseDecimal(size.toString("latin1"))
  const name = values.get("GNU.sparse.name")
  const common = { realSize: realSize ?? -1, ...(name === undefined ? {} : { name }) }
  if (realSize === undefined) return "damaged"
  if (major !== undefined) {
    const isKnown = major === "1" && values.get("GNU.sparse.minor")?.toString("latin1") === "0"
    return isKnown ? { ...common, map: "body" } : "damaged"
  }
  const list = values.get("GNU.sparse.map")
  const numbers = list === undefined ? sparsePairs : parseNumbers(list)
  const map = numbers === undefined ? undefined : toSegments(numbers, realSize)
  return map === undefined ? "damaged" : { ...common, map }
}

function parseNumbers(list: Buffer): readonly number[] | undefined {
  if (list.length === 0) return []
  const numbers: number[] = []
  for (const text of list.toString("latin1").split(",")) {
    const number = parseDecimal(text)
    if (number === undefined) return undefined
    numbers.push(number)
  }
  return numbers
}

/**
 * Reads the part of an old GNU map that is in one block: four stretches in the header, 21 in each block after it.
 *
 * @returns undefined when a number cannot be read.
 */
export function oldSparseNumbers(block: Buffer, place: "header" | "extension"): readonly number[] | undefined {
  const start = place === "header" ? FIELDS.sparseHeaders.offset : 0
  const count = place === "header" ? 4 : 21
  const numbers: number[] = []
  for (let index = 0; index < count; index++) {
    const at = start + index * 24
    // An unused place ends the list.
    if (block[at] === 0 && block[at + 12] === 0) break
    const offset = readNumber(block, at, 12)
    const length = readNumber(block, at + 12, 12)
    if (offset === undefined || length === undefined) return undefined
    numbers.push(offset, length)
  }
  return numbers
}

/** Whether another block of an old GNU map follows. */
export function isOldMapExtended(block: Buffer, place: "header" | "extension"): boolean {
  return block[place === "header" ? FIELDS.sparseExtended.offset : 504] !== 0
}

export function oldRealSize(block: Buffer): number | undefined {
  return readNumber(block, FIELDS.sparseRealSize.offset, FIELDS.sparseRealSize.length)
}

/**
 * Turns pairs of offset and length into segments: empty ones, which GNU writes to mark the end, are left out, and neighbours are joined.
 *
 * @returns undefined when they overlap, go backwards or lie outside of the file.
 * @example
 *   toSegments([0, 2, 2, 3, 9, 0], 9) // => [{ offset: 0, length: 5 }]
 */
export function toSegments(numbers: readonly number[], realSize: number): readonly DataSegment[] | undefined {
  if (numbers.length % 2 !== 0 || numbers.length > MOST_SEGMENTS * 2) return undefined
  const segments: DataSegment[] = []
  let end = 0
  for (let index = 0; index < numbers.length; index += 2) {
    const offset = numbers[index] as number
    const length = numbers[index + 1] as number
    // Written so that what is no number fails too.
    if (!(offset >= end && length >= 0 && offset + length <= realSize)) return undefined
    const last = segments.at(-1)
    if (length > 0 && last !== undefined && offset === end) {
      segments[segments.length - 1] = { offset: last.offset, length: last.length + length }
    } else if (length > 0) segments.push({ offset, length })
    end = offset + length
  }
  return segments
}

export function storedBytes(segments: readonly DataSegment[]): number {
  return segments.reduce((sum, segment) => sum + segment.length, 0)
}

/**
 * The map of a sparse file as PAX 1.0 puts it before the data: decimal lines, padded with NULs to whole blocks.
 *
 * GNU's readers take the file's size from the last stretch, so a hole at the end is closed by an empty one.
 */
export function encodeSparseMap(segments: readonly DataSegment[], realSize: number): Buffer {
  const last = segments.at(-1)
  const endsInHole = last === undefined ? true : last.offset + last.length < realSize
  const all = endsInHole ? [...segments, { offset: realSize, length: 0 }] : segments
  const text = `${all.length}\n${all.map(({ offset, length }) => `${offset}\n${length}\n`).join("")}`
  const map = Buffer.alloc(Math.ceil(text.length / BLOCK_BYTES) * BLOCK_BYTES)
  map.write(text, "latin1")
  return map
}
