import type { Tolerance } from "@geartrain/spec"

/** A line taken apart: the numbers in it, and the texts between them, of which there is one more. */
export interface Cells {
  readonly texts: readonly string[]
  readonly numbers: readonly string[]
}

/** A number that stands by itself: the 1 of `chr1` and of `v1.2.3` are parts of names. */
const NUMBER = /(?<![\w.])[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w.])/g

/**
 * Takes a line apart at its numbers.
 *
 * @example
 *   cellsOf("chr1\t-1.5e3 x") // => { texts: ["chr1\t", " x"], numbers: ["-1.5e3"] }
 */
export function cellsOf(line: string): Cells {
  return { texts: line.split(NUMBER), numbers: line.match(NUMBER) ?? [] }
}

/** Whether two lines have the same texts, and numbers that are near enough each other. */
export function isWithin(a: Cells, b: Cells, limits: NonNullable<Tolerance["numbers"]>): boolean {
  if (a.numbers.length !== b.numbers.length) return false
  if (a.texts.some((text, index) => text !== b.texts[index])) return false
  return a.numbers.every((number, index) => isNear(number, b.numbers[index] ?? "", limits))
}

function isNear(one: string, two: string, limits: NonNullable<Tolerance["numbers"]>): boolean {
  if (one === two) return true
  const a = Number(one)
  const b = Number(two)
  // Too large for a double: two such are the same only when they are written alike.
  if (!Number.isFinite(a) || !Number.isFinite(b)) return false
  const apart = Math.abs(a - b)
  const largest = Math.max(Math.abs(a), Math.abs(b))
  return apart <= (limits.absolute ?? 0) || apart <= (limits.relative ?? 0) * largest
}
