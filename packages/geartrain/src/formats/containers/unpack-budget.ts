import type { FileSource } from "../file-source.ts"
import { UnfitFile } from "../unfit-file.ts"

const FREE_BYTES = 1024 * 1024 * 1024
/** Unpacked bytes for each packed one: text packs to a tenth, a bomb to a thousandth. */
const MOST_EXPANSION = 100

/**
 * Stops the comparison of what unpacks to far more than its size, in as many layers as it may be wrapped. What is read twice counts twice, on
 * both sides.
 */
export class UnpackBudget {
  readonly #freeBytes: number
  #packedBytes = 0
  #unpackedBytes = 0

  /** @param freeBytes  What may be unpacked without a look at the ratio. */
  constructor(freeBytes = FREE_BYTES) {
    this.#freeBytes = freeBytes
  }

  /** The same file, with all that is read of it counted as packed. */
  counted(source: FileSource): FileSource {
    const count = (chunks: AsyncIterable<Uint8Array>) => this.#counted(chunks)
    const { part } = source
    return {
      name: source.name,
      chunks: (how) => count(source.chunks(how)),
      ...(part === undefined ? {} : { part: (start, end) => count(part.call(source, start, end)) }),
    }
  }

  /**
   * Hands on what comes out of a decompressor.
   *
   * @throws {UnfitFile} when it is too much.
   */
  async *spend(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    for await (const chunk of chunks) {
      this.take(chunk.length)
      yield chunk
    }
  }

  /** @throws {UnfitFile} when so many unpacked bytes more are too much. */
  take(bytes: number): void {
    this.#unpackedBytes += bytes
    if (this.#unpackedBytes > this.#freeBytes + this.#packedBytes * MOST_EXPANSION)
      throw new UnfitFile(`it unpacks to more than ${MOST_EXPANSION} times its size, which looks like a bomb`)
  }

  async *#counted(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    for await (const chunk of chunks) {
      this.#packedBytes += chunk.length
      yield chunk
    }
  }
}
