type Numbers = Uint32Array | Uint16Array | Uint8Array | Int32Array

const BITS = 14
const SEGMENT = 2 ** BITS
const MASK = SEGMENT - 1

/**
 * A column of numbers, one for each row of a table with up to millions of rows.
 *
 * Grows in segments: an array that doubles needs three times its size while it is copied, and an array of objects ten times as much always.
 * A segment of nothing but zeros is never made, so a column that is rarely used costs nothing.
 */
export class NumberColumn {
  readonly #make: (length: number) => Numbers
  readonly #segments: (Numbers | undefined)[] = []

  constructor(make: (length: number) => Numbers) {
    this.#make = make
  }

  /** 0 for a row that was never set. */
  get(row: number): number {
    return this.#segments[row >>> BITS]?.[row & MASK] ?? 0
  }

  set(row: number, value: number): void {
    let segment = this.#segments[row >>> BITS]
    if (segment === undefined) {
      if (value === 0) return
      segment = this.#make(SEGMENT)
      this.#segments[row >>> BITS] = segment
    }
    segment[row & MASK] = value
  }
}

/** A column of safe integers, of which most are from 0 to 2 ** 32 - 1 and take four bytes. */
export class WideColumn {
  readonly #low = new NumberColumn((length) => new Uint32Array(length))
  readonly #high = new NumberColumn((length) => new Int32Array(length))

  get(row: number): number {
    return this.#high.get(row) * 2 ** 32 + this.#low.get(row)
  }

  set(row: number, value: number): void {
    const high = Math.floor(value / 2 ** 32)
    this.#high.set(row, high)
    this.#low.set(row, value - high * 2 ** 32)
  }
}

/** A set of rows, of one bit each. */
export class RowSet {
  readonly #words = new NumberColumn((length) => new Uint32Array(length))

  has(row: number): boolean {
    return (this.#words.get(row >>> 5) & (1 << (row & 31))) !== 0
  }

  add(row: number): void {
    this.#words.set(row >>> 5, this.#words.get(row >>> 5) | (1 << (row & 31)))
  }
}
