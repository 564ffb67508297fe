import { cellsOf } from "./number-cells.ts"

/** How far numbers are apart, at most. */
export interface Apart {
  readonly absolute: number
  /** Of |a - b| to the larger of |a| and |b|. */
  readonly relative: number
}

/**
 * How far the numbers of two texts are apart, where nothing but numbers differs; undefined where something else does.
 *
 * @example
 *   numbersApart("x 1.5\ny 2", "x 1.25\ny 2")?.absolute // => 0.25
 *   numbersApart("x 1", "y 1") // => undefined
 */
export function numbersApart(a: string, b: string): Apart | undefined {
  const left = a.split("\n")
  const right = b.split("\n")
  if (left.length !== right.length) return undefined
  let most: Apart = { absolute: 0, relative: 0 }
  for (const [index, line] of left.entries()) {
    const other = right[index] ?? ""
    if (line === other) continue
    const apart = lineApart(line, other)
    if (apart === undefined) return undefined
    most = larger(most, apart)
  }
  return most
}

function lineApart(a: string, b: string): Apart | undefined {
  const [one, two] = [cellsOf(a), cellsOf(b)]
  if (one.texts.length !== two.texts.length || one.texts.some((text, index) => text !== two.texts[index]))
    return undefined
  let most: Apart = { absolute: 0, relative: 0 }
  for (const [index, number] of one.numbers.entries()) {
    const other = two.numbers[index] ?? ""
    if (number === other) continue
    const absolute = Math.abs(Number(number) - Number(other))
    // Too large for a double, or more numbers on one side.
    if (!Number.isFinite(absolute)) return undefined
    const largest = Math.max(Math.abs(Number(number)), Math.abs(Number(other)))
    most = larger(most, { absolute, relative: largest === 0 ? 0 : absolute / largest })
  }
  return most
}

function larger(a: Apart, b: Apart): Apart {
  return { absolute: Math.max(a.absolute, b.absolute), relative: Math.max(a.relative, b.relative) }
}

/**
 * The tolerance to write into a manifest so that numbers that are so far apart are equivalent: a power of ten.
 *
 * @example
 *   toleranceFor(0.000004) // => 0.00001
 *   toleranceFor(0.001) // => 0.001
 */
export function toleranceFor(apart: number): number {
  return Number(`1e${Math.ceil(Math.log10(apart) - 1e-9)}`)
}
