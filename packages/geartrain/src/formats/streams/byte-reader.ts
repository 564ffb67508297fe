import type { FileSource } from "../file-source.ts"

/** Takes bytes off a stream in the portions that a format asks for. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>
  #held: Uint8Array = EMPTY
  #position = 0

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]()
  }

  /** Bytes that were taken so far. */
  get position(): number {
    return this.#position
  }

  /** The next bytes, which stay to be taken: as many as asked for, fewer only at the end. They are valid until more are asked for. */
  async peek(length: number): Promise<Uint8Array> {
    if (this.#held.length === 0) await this.#next()
    if (this.#held.length < length) {
      // Copies, since a stream may use the memory of a chunk for the next one.
      const parts: Buffer[] = []
      let held = 0
      while (this.#held.length > 0) {
        parts.push(Buffer.from(this.#held))
        held += this.#held.length
        if (held >= length) break
        await this.#next()
      }
      this.#held = Buffer.concat(parts, held)
    }
    return this.#held.subarray(0, length)
  }

  /** The next bytes: as many as asked for, fewer only at the end. */
  async take(length: number): Promise<Uint8Array> {
    const taken = await this.peek(length)
    this.#held = this.#held.subarray(taken.length)
    this.#position += taken.length
    return taken
  }

  /** How many bytes are at hand, `least` if there are so many at all. */
  async ready(least: number): Promise<number> {
    if (this.#held.length < least) await this.peek(least)
    return this.#held.length
  }

  /** Passes over bytes, and answers how many: as many as asked for, fewer only at the end. */
  async skip(length: number): Promise<number> {
    let skipped = 0
    while (skipped < length) {
      const ready = await this.ready(1)
      if (ready === 0) break
      skipped += (await this.take(Math.min(ready, length - skipped))).length
    }
    return skipped
  }

  /** After this a chunk is held, unless the stream has ended. */
  async #next(): Promise<void> {
    do {
      const next = await this.#chunks.next()
      this.#held = next.done === true ? EMPTY : next.value
      if (next.done === true) return
    } while (this.#held.length === 0)
  }

  /** Lets go of the stream, so that a file is closed that was not read to its end. */
  async close(): Promise<void> {
    await this.#chunks.return?.()
  }
}

const EMPTY = new Uint8Array()

/** Reads two files side by side, and closes both whatever happens. */
export async function readBoth<Result>(
  a: FileSource,
  b: FileSource,
  work: (a: ByteReader, b: ByteReader) => Promise<Result>,
): Promise<Result> {
  const readers = [new ByteReader(a.chunks({ reused: true })), new ByteReader(b.chunks({ reused: true }))] as const
  try {
    return await work(...readers)
  } finally {
    await Promise.all(readers.map((reader) => reader.close()))
  }
}
