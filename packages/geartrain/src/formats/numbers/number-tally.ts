import type { NumberErrors } from "../file-comparison.ts"
import { measurePairs, type Scaling } from "./measure-pairs.ts"
import type { LongArray, NumberArray } from "./number-type.ts"

/** Adds up how far pairs of numbers are apart. Two that are no numbers are alike. */
export class NumberTally {
  #compared = 0
  #differing = 0
  #largestAbsolute = 0
  #largestRelative = 0

  /** Answers whether the two are alike. */
  add(a: number, b: number): boolean {
    this.#compared += 1
    if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true
    this.#differing += 1
    const apart = Math.abs(a - b)
    // One of them is no number, or infinite: as far apart as can be.
    this.#measure(
      apart < Number.POSITIVE_INFINITY ? apart : Number.POSITIVE_INFINITY,
      Math.max(Math.abs(a), Math.abs(b)),
    )
    return false
  }

  /** The same for many, of which both have as many. */
  addAll(a: NumberArray, b: NumberArray, scaling: Scaling): void {
    const before = { largestAbsolute: this.#largestAbsolute, largestRelative: this.#largestRelative }
    const { differing, largestAbsolute, largestRelative } = measurePairs(a, b, { scaling, before })
    this.#compared += a.length
    this.#differing += differing
    this.#largestAbsolute = largestAbsolute
    this.#largestRelative = largestRelative
  }

  /** The same for integers of 8 bytes, which a double does not hold: they differ where their last digit does. */
  addAllLong(a: LongArray, b: LongArray, { scale, offset }: Scaling): void {
    for (let index = 0; index < a.length; index += 1) {
      const [one, two] = [a[index] ?? 0n, b[index] ?? 0n]
      if (one === two) continue
      this.#differing += 1
      const values = [Number(one), Number(two)].map((value) => Math.abs(value * scale + offset))
      this.#measure(Math.abs(Number(one - two) * scale), Math.max(...values))
    }
    this.#compared += a.length
  }

  /** Counts numbers that are known to be alike. */
  addEqual(count: number): void {
    this.#compared += count
  }

  get errors(): NumberErrors {
    return {
      compared: this.#compared,
      differing: this.#differing,
      largestAbsolute: this.#largestAbsolute,
      largestRelative: this.#largestRelative,
    }
  }

  #measure(apart: number, larger: number): void {
    const relative = Number.isFinite(apart) ? apart / larger : Number.POSITIVE_INFINITY
    this.#largestAbsolute = Math.max(this.#largestAbsolute, apart)
    this.#largestRelative = Math.max(this.#largestRelative, relative)
  }
}

/**
 * What was found, as a part of a sentence.
 *
 * @example
 *   errorText({ compared: 10, differing: 2, largestAbsolute: 0.5, largestRelative: 0.25 }) // => "2 of 10 numbers differ, by 0.5 at most (relative 0.25)"
 */
export function errorText({ compared, differing, largestAbsolute, largestRelative }: NumberErrors): string {
  if (differing === 0) return `the same ${compared} numbers`
  return `${differing} of ${compared} numbers differ, by ${shortNumber(largestAbsolute)} at most (relative ${shortNumber(largestRelative)})`
}

function shortNumber(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : "no bound"
}
