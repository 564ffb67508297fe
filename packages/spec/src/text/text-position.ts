/** A place in a text, as editors show it. */
export interface TextPosition {
  /** UTF-16 code units from the start: what JavaScript's strings are indexed by. */
  readonly offset: number
  /** From 1. A line ends with a line feed, a carriage return, or both. */
  readonly line: number
  /** From 1, in characters (code points); in a line of more than 100,000, in UTF-16 code units. */
  readonly column: number
}

/**
 * Makes a finder of lines and columns for one text. Finding is logarithmic in the number of lines, and linear in the length of the line.
 *
 * @example
 *   positionsOf("a\nbc")(3) // => { offset: 3, line: 2, column: 2 }
 */
export function positionsOf(text: string): (offset: number) => TextPosition {
  const starts = lineStarts(text)
  return (offset) => {
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    const start = starts[low] ?? 0
    const before = offset - start > LONGEST_COUNTED ? offset - start : countCodePoints(text.slice(start, offset))
    return { offset, line: low + 1, column: before + 1 }
  }
}

/**
 * Counts characters as Python and JSON Schema do: by code point, so that an emoji is one.
 *
 * @example
 *   countCodePoints("a😀") // => 2
 */
export function countCodePoints(text: string): number {
  let count = text.length
  for (let index = 1; index < text.length; index++) {
    if (isLowSurrogate(text.charCodeAt(index)) && isHighSurrogate(text.charCodeAt(index - 1))) count--
  }
  return count
}

// A hostile text of one line must not be counted through once for every fault in it.
const LONGEST_COUNTED = 100_000

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff
}

function lineStarts(text: string): readonly number[] {
  const starts = [0]
  for (const match of text.matchAll(/\r\n|\n|\r/g)) starts.push(match.index + match[0].length)
  return starts
}
