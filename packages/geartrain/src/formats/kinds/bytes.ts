import { comparison, type FileComparison, Findings } from "../file-comparison.ts"
import type { FileSource } from "../file-source.ts"
import { readBoth } from "../streams/byte-reader.ts"

const PORTION_BYTES = 1024 * 1024
/** Bytes that are shown of each range. */
const SHOWN_BYTES = 16

/** Compares two files byte by byte: which ranges differ, from the first on, and how many bytes in all. */
export function compareBytes(a: FileSource, b: FileSource): Promise<FileComparison> {
  return readBoth(a, b, async (left, right) => {
    const findings = new Findings()
    let differing = 0
    let first: number | undefined
    let longer: "A" | "B" | undefined
    for (;;) {
      const offset = left.position
      const one = await left.take(PORTION_BYTES)
      const two = await right.take(PORTION_BYTES)
      const length = Math.min(one.length, two.length)
      if (Buffer.compare(one.subarray(0, length), two.subarray(0, length)) !== 0) {
        for (const { start, end } of ranges(one, two, length)) {
          first ??= offset + start
          differing += end - start
          if (findings.isFull) findings.addUnseen(1)
          else findings.add(`offset ${offset + start}`, hexOf(one, start, end), hexOf(two, start, end))
        }
      }
      if (one.length !== two.length) {
        longer = one.length > two.length ? "A" : "B"
        await Promise.all([left.skip(Number.POSITIVE_INFINITY), right.skip(Number.POSITIVE_INFINITY)])
        findings.add("size", `${left.position} bytes`, `${right.position} bytes`)
        break
      }
      if (one.length === 0) break
    }
    return comparison("bytes", findings, { summary: summaryOf({ differing, first, longer, size: left.position }) })
  })
}

function summaryOf(found: {
  readonly differing: number
  readonly first: number | undefined
  readonly longer: "A" | "B" | undefined
  readonly size: number
}): string {
  const { differing, first, longer, size } = found
  if (first === undefined && longer === undefined) return `the same ${size} bytes`
  const parts = [
    ...(first === undefined ? [] : [`${differing} bytes differ, the first at offset ${first}`]),
    ...(longer === undefined ? [] : [`${longer} is longer`]),
  ]
  return parts.join("; ")
}

/** Ranges in which two pieces differ; those with fewer than 8 equal bytes between them are told as one. */
function* ranges(
  one: Uint8Array,
  two: Uint8Array,
  length: number,
): Iterable<{ readonly start: number; readonly end: number }> {
  let start = -1
  let end = -1
  for (let at = 0; at < length; at += 1) {
    if (one[at] === two[at]) {
      if (at % BLOCK_BYTES === 0 && isSameBlock(one, two, at)) at += BLOCK_BYTES - 1
      continue
    }
    if (start !== -1 && at - end >= 8) {
      yield { start, end }
      start = at
    }
    if (start === -1) start = at
    end = at + 1
  }
  if (start !== -1) yield { start, end }
}

/** Blocks that are equal as a whole are passed over at once. */
const BLOCK_BYTES = 4096

function isSameBlock(one: Uint8Array, two: Uint8Array, at: number): boolean {
  return Buffer.compare(one.subarray(at, at + BLOCK_BYTES), two.subarray(at, at + BLOCK_BYTES)) === 0
}

function hexOf(bytes: Uint8Array, start: number, end: number): string {
  const shown = Buffer.from(bytes.subarray(start, Math.min(end, start + SHOWN_BYTES))).toString("hex")
  return end - start > SHOWN_BYTES ? `${shown}…` : shown
}
