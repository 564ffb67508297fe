import type { NumberErrors } from "../file-comparison.ts"

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
    const absolute = Math.abs(a - b)
    // One of them is no number, or infinite: as far apart as can be.
    const isMeasurable = Number.isFinite(absolute)
    const relative = isMeasurable ? absolute / Math.max(Math.abs(a), Math.abs(b)) : Number.POSITIVE_INFINITY
    this.#largestAbsolute = Math.max(this.#largestAbsolute, isMeasurable ? absolute : Number.POSITIVE_INFINITY)
    this.#largestRelative = Math.max(this.#largestRelative, relative)
    return false
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
