import { HINTS } from "../place/image-hints.ts"
import { type ImagePlace, imageError } from "../place/image-place.ts"

/**
 * `more`: the next bytes are wanted, or undefined when there are none; `again`: the same, after a breath, with nothing; a number: so many bytes
 * may be left out by answering with `SKIPPED`, or be given all the same.
 */
export type TarReaderWish = "more" | "again" | number

/** The answer of a driver that has left out just as many bytes as it was asked to. */
export const SKIPPED = Buffer.alloc(0)

/** A part of the reading that may have to wait for bytes. */
export type Reading<T> = Generator<TarReaderWish, T, Buffer | undefined>

/** The bytes that are there, and how far they were read. */
export class TarInput {
  chunk: Buffer = EMPTY
  position = 0
  /** Bytes before `chunk`. */
  before = 0
  readonly place: ImagePlace

  constructor(place: ImagePlace) {
    this.place = place
  }

  get offset(): number {
    return this.before + this.position
  }

  /** Waits for bytes. @returns false when there are none any more */
  *fill(): Reading<boolean> {
    while (this.position === this.chunk.length) {
      const next: Buffer | undefined = yield "more"
      if (next === undefined) return false
      this.before += this.chunk.length
      this.chunk = next
      this.position = 0
    }
    return true
  }

  /** The next bytes in one piece: a view where they are so already. Undefined when the archive ends right here. */
  *take(length: number): Reading<Buffer | undefined> {
    if (this.chunk.length - this.position >= length) {
      this.position += length
      return this.chunk.subarray(this.position - length, this.position)
    }
    const start = this.offset
    const whole = Buffer.allocUnsafe(length)
    let filled = 0
    while (filled < length) {
      if (!(yield* this.fill())) {
        if (filled === 0) return undefined
        throw truncated(this.place, { offset: start })
      }
      const part = this.chunk.copy(whole, filled, this.position, this.position + length - filled)
      filled += part
      this.position += part
    }
    return whole
  }

  *skip(length: number, entry: string): Reading<void> {
    let left = length
    for (;;) {
      const part = Math.min(left, this.chunk.length - this.position)
      this.position += part
      left -= part
      if (left === 0) return
      this.before += this.chunk.length
      this.chunk = EMPTY
      this.position = 0
      const next: Buffer | undefined = yield left
      if (next === undefined) throw truncated(this.place, { entry })
      if (next === SKIPPED) {
        this.before += left
        return
      }
      this.chunk = next
    }
  }
}

const EMPTY = Buffer.alloc(0)

/** The error for an archive that ends where more should come. */
export function truncated(place: ImagePlace, where: { readonly entry?: string; readonly offset?: number }): Error {
  const hint = HINTS.copyAgain
  if (where.entry !== undefined) {
    return imageError("IMAGE_TRUNCATED", place, { entry: where.entry, problem: "is cut short", hint })
  }
  const problem =
    where.offset === undefined
      ? "it ends without an end marker"
      : `it ends in the middle of the header at byte ${where.offset}`
  return imageError("IMAGE_TRUNCATED", place, { problem, hint })
}
