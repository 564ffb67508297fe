import type { NumberArray } from "./number-type.ts"

/** How values come from the numbers in a file: `number * scale + offset`. */
export interface Scaling {
  readonly scale: number
  readonly offset: number
}

/** How far pairs of numbers are apart, and how many are. */
export interface Apart {
  readonly differing: number
  readonly largestAbsolute: number
  readonly largestRelative: number
}

/** So many pairs tell which loop is quicker. */
const SAMPLE = 256
/** With more of the rarer kind than this among them, a processor takes longer to go back on what it foretold than to work it out. */
const MOST_ODD = 24

/**
 * Measures all pairs of two arrays that are as long. Two that are no numbers are alike.
 *
 * @param before  The largest of earlier pairs: smaller ones are passed over.
 * @returns `differing` of these pairs, and the largest of these and the earlier ones.
 */
export function measurePairs(
  a: NumberArray,
  b: NumberArray,
  { scaling, before }: { readonly scaling: Scaling; readonly before: Omit<Apart, "differing"> },
): Apart {
  if (isMixed(a, b)) return measureMixed(a, b, { scaling, before })
  const isPlain = scaling.scale === 1 && scaling.offset === 0
  return isPlain ? measurePlain(a, b, { scaling, before }) : measureUniform(a, b, { scaling, before })
}

/** Whether some pairs are equal and some are not, without an order that a processor could learn. */
function isMixed(a: NumberArray, b: NumberArray): boolean {
  const step = Math.max(1, Math.floor(a.length / SAMPLE))
  let seen = 0
  let differing = 0
  for (let index = 0; index < a.length; index += step) {
    seen += 1
    if (a[index] !== b[index]) differing += 1
  }
  return Math.min(differing, seen - differing) > MOST_ODD
}

type Measure = typeof measurePairs

/** The loop is what a comparison of two large volumes waits for: where nearly all pairs take the same way, the shortest way is a branch. */
const measureUniform: Measure = (a, b, { scaling: { scale, offset }, before }) => {
  let alike = 0
  let largest = before.largestAbsolute
  let relative = before.largestRelative
  const { length } = a
  for (let index = 0; index < length; index += 1) {
    const one = a[index] as number
    const two = b[index] as number
    if (one === two) {
      alike += 1
      continue
    }
    const x = one * scale + offset
    const y = two * scale + offset
    const apart = Math.abs(x - y)
    // The larger of the two is looked for only where the one at hand would make a new maximum.
    if (apart <= largest && apart <= relative * Math.abs(x)) continue
    if (apart < Number.POSITIVE_INFINITY) {
      largest = Math.max(largest, apart)
      if (apart > 0) relative = Math.max(relative, apart / Math.max(Math.abs(x), Math.abs(y)))
    } else if (Number.isNaN(one) && Number.isNaN(two)) alike += 1
    else largest = relative = Number.POSITIVE_INFINITY
  }
  return { differing: length - alike, largestAbsolute: largest, largestRelative: relative }
}

/** The same for numbers that are what they say, as most are: two thirds of the time. */
const measurePlain: Measure = (a, b, { before }) => {
  let alike = 0
  let largest = before.largestAbsolute
  let relative = before.largestRelative
  const { length } = a
  for (let index = 0; index < length; index += 1) {
    const one = a[index] as number
    const apart = Math.abs(one - (b[index] as number))
    if (apart === 0) {
      alike += 1
      continue
    }
    if (apart <= largest && apart <= relative * Math.abs(one)) continue
    const two = b[index] as number
    if (apart < Number.POSITIVE_INFINITY) {
      largest = Math.max(largest, apart)
      relative = Math.max(relative, apart / Math.max(Math.abs(one), Math.abs(two)))
    } else if (one === two || (Number.isNaN(one) && Number.isNaN(two))) alike += 1
    else largest = relative = Number.POSITIVE_INFINITY
  }
  return { differing: length - alike, largestAbsolute: largest, largestRelative: relative }
}

/** The same where equal pairs and others take turns: counted without a branch. */
const measureMixed: Measure = (a, b, { scaling: { scale, offset }, before }) => {
  let differing = 0
  let largest = before.largestAbsolute
  let relative = before.largestRelative
  const { length } = a
  for (let index = 0; index < length; index += 1) {
    const one = a[index] as number
    const two = b[index] as number
    const x = one * scale + offset
    const apart = Math.abs(x - (two * scale + offset))
    // What differs in the file differs, also where scaling hides it.
    differing += Number(one !== two)
    if (apart > largest) largest = apart
    if (apart > relative * Math.abs(x)) {
      const y = two * scale + offset
      relative = Math.max(relative, apart / Math.max(Math.abs(x), Math.abs(y)))
    }
    if (!(apart < Number.POSITIVE_INFINITY)) {
      if (one === two || (Number.isNaN(one) && Number.isNaN(two))) differing -= Number(one !== two)
      else largest = Number.POSITIVE_INFINITY
      relative = largest === Number.POSITIVE_INFINITY ? largest : relative
    }
  }
  return { differing, largestAbsolute: largest, largestRelative: relative }
}
