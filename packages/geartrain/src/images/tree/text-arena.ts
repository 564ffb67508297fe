const SEGMENT_BITS = 18
const SEGMENT_BYTES = 2 ** SEGMENT_BITS
const LENGTH_BYTES = 2

/** Keeps many short texts, as UTF-8, one after the other. A text is found again by its place. */
export class TextArena {
  readonly #segments: Buffer[] = []
  #next = 0

  /** Bytes that are in use. */
  get sizeBytes(): number {
    return this.#next
  }

  /**
   * @param bytes  At most 65,535.
   * @returns the place, below 2 ** 32 as long as no more than 4 GiB are kept.
   */
  add(bytes: Uint8Array): number {
    const needed = LENGTH_BYTES + bytes.length
    const free = SEGMENT_BYTES * this.#segments.length - this.#next
    if (free < needed) {
      this.#next = SEGMENT_BYTES * this.#segments.length
      this.#segments.push(Buffer.allocUnsafeSlow(SEGMENT_BYTES))
    }
    const place = this.#next
    const segment = this.#segments[place >>> SEGMENT_BITS] as Buffer
    const start = segment.writeUInt16LE(bytes.length, place & (SEGMENT_BYTES - 1))
    segment.set(bytes, start)
    this.#next += needed
    return place
  }

  /** A view. */
  get(place: number): Buffer {
    const segment = this.#segments[place >>> SEGMENT_BITS] as Buffer
    const start = place & (SEGMENT_BYTES - 1)
    return segment.subarray(start + LENGTH_BYTES, start + LENGTH_BYTES + segment.readUInt16LE(start))
  }

  text(place: number): string {
    return this.get(place).toString("utf8")
  }

  equals(place: number, bytes: Uint8Array): boolean {
    const segment = this.#segments[place >>> SEGMENT_BITS] as Buffer
    const start = place & (SEGMENT_BYTES - 1)
    if (segment.readUInt16LE(start) !== bytes.length) return false
    for (let index = 0; index < bytes.length; index++) {
      if (segment[start + LENGTH_BYTES + index] !== bytes[index]) return false
    }
    return true
  }

  /**
   * Orders two texts by their bytes.
   *
   * @param tails  A byte that is thought to follow each text; -1 for none, which comes before all bytes.
   */
  compare(first: number, second: number, tails: { readonly first: number; readonly second: number }): number {
    const a = this.#segments[first >>> SEGMENT_BITS] as Buffer
    const b = this.#segments[second >>> SEGMENT_BITS] as Buffer
    const aStart = first & (SEGMENT_BYTES - 1)
    const bStart = second & (SEGMENT_BYTES - 1)
    const aLength = a.readUInt16LE(aStart)
    const bLength = b.readUInt16LE(bStart)
    const both = Math.min(aLength, bLength)
    for (let index = LENGTH_BYTES; index < both + LENGTH_BYTES; index++) {
      const difference = (a[aStart + index] as number) - (b[bStart + index] as number)
      if (difference !== 0) return difference
    }
    const aNext = aLength > both ? (a[aStart + LENGTH_BYTES + both] as number) : tails.first
    const bNext = bLength > both ? (b[bStart + LENGTH_BYTES + both] as number) : tails.second
    return aNext - bNext
  }
}
