import { Readable } from "node:stream"
import { RandomAccessReader } from "yauzl"

/** Bytes that can be read from anywhere. */
export interface ByteSource {
  readonly sizeBytes: number
  /** The bytes from `start` to before `end`. */
  part(start: number, end: number): AsyncIterable<Uint8Array>
}

/** The directory is read in steps of some dozen bytes: each would be a request of its own where the bytes lie on another machine. */
const WINDOW_BYTES = 256 * 1024

/** Reads for yauzl, a window at a time. */
export class WindowReader extends RandomAccessReader {
  readonly #source: ByteSource
  #window: Buffer = Buffer.alloc(0)
  #at = 0

  constructor(source: ByteSource) {
    super()
    this.#source = source
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.#source.part(start, end))
  }

  override read(...[buffer, offset, length, position, callback]: Parameters<RandomAccessReader["read"]>): void {
    this.#read(position, length).then(
      (bytes) => {
        bytes.copy(buffer, offset)
        callback(null)
      },
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error))),
    )
  }

  async #read(position: number, length: number): Promise<Buffer> {
    const from = position - this.#at
    if (from >= 0 && from + length <= this.#window.length) return this.#window.subarray(from, from + length)
    if (position < 0 || position + length > this.#source.sizeBytes)
      throw new RangeError("a record of it would lie outside of it")
    const end = Math.min(this.#source.sizeBytes, position + Math.max(length, WINDOW_BYTES))
    const pieces: Uint8Array[] = []
    for await (const piece of this.#source.part(position, end)) pieces.push(Uint8Array.from(piece))
    this.#window = Buffer.concat(pieces)
    this.#at = position
    if (this.#window.length < length) throw new RangeError("it ends too early")
    return this.#window.subarray(0, length)
  }
}
