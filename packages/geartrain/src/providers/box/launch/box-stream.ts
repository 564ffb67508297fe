import type { Readable } from "node:stream"
import { delay } from "../../../system/clock.ts"

/** So much of the end is remembered. */
const TAIL_BYTES = 4096

/** What a box prints, as the caller reads it, with a memory of the end for those who have to explain a failure. */
export class BoxStream implements AsyncIterable<Uint8Array> {
  readonly #source: Readable
  /** Resolves when no file is open any more. */
  readonly closed: Promise<void>
  #tail: Buffer = Buffer.alloc(0)
  #held: readonly Uint8Array[] = []
  #reading: Promise<void> | undefined

  constructor(source: Readable) {
    this.#source = source
    this.closed = new Promise((resolve) => source.once("close", resolve))
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    if (this.#reading !== undefined) {
      await this.#reading
      const held = this.#held
      this.#held = []
      yield* held
      return
    }
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#reading = promise
    try {
      yield* this.#pieces()
    } finally {
      resolve()
    }
  }

  /**
   * The last words, once the box has ended. If nobody has begun to read they are read here, and kept for whoever does later; otherwise the
   * reader is given a second to come to the end.
   */
  async lastWords(): Promise<string> {
    this.#reading ??= this.#hold()
    const enough = new AbortController()
    await Promise.race([this.#reading, delay(1000, enough.signal).catch(() => undefined)])
    enough.abort()
    return this.#tail.toString("utf8")
  }

  /** Lets go of what nobody reads. Whoever is reading comes to the end by himself. */
  abandon(): void {
    if (this.#reading === undefined) this.destroy()
  }

  destroy(): void {
    this.#reading ??= Promise.resolve()
    this.#source.destroy()
  }

  async #hold(): Promise<void> {
    const pieces: Uint8Array[] = []
    for await (const piece of this.#pieces()) pieces.push(piece)
    this.#held = pieces
  }

  async *#pieces(): AsyncGenerator<Uint8Array> {
    for await (const piece of this.#source as AsyncIterable<Buffer>) {
      this.#tail =
        piece.length >= TAIL_BYTES
          ? piece.subarray(-TAIL_BYTES)
          : Buffer.concat([this.#tail, piece]).subarray(-TAIL_BYTES)
      yield piece
    }
  }
}
