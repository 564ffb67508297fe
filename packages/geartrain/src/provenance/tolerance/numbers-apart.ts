import { cellsOf } from "./number-cells.ts"

/**
 * How far the numbers of two texts are apart, at most, where nothing but numbers differs; undefined where something else does.
 *
 * @example
 *   numbersApart("x 1.5\ny 2", "x 1.25\ny 2") // => 0.25
 *   numbersApart("x 1", "y 1") // => undefined
 */
export function numbersApart(a: string, b: string): number | undefined {
  const left = a.split("\n")
  const right = b.split("\n")
  if (left.length !== right.length) return undefined
  let most = 0
  for (const [index, line] of left.entries()) {
    const other = right[index] ?? ""
    if (line === other) continue
    const apart = lineApart(line, other)
    if (apart === undefined) return undefined
    most = Math.max(most, apart)
  }
  return most
}

function lineApart(a: string, b: string): number | undefined {
  const [one, two] = [cellsOf(a), cellsOf(b)]
  if (one.texts.length !== two.texts.length || one.texts.some((text, index) => text !== two.texts[index]))
    return undefined
  const apart = one.numbers.map((number, index) =>
    number === two.numbers[index] ? 0 : Math.abs(Number(number) - Number(two.numbers[index])),
  )
  return apart.every(Number.isFinite) ? Math.max(0, ...apart) : undefined
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
