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

  /** The next bytes, which stay to be taken: as many as asked for, fewer only at the end. */
  async peek(length: number): Promise<Uint8Array> {
    const parts = [this.#held]
    let held = this.#held.length
    while (held < length) {
      const next = await this.#chunks.next()
      if (next.done === true) break
      parts.push(next.value)
      held += next.value.length
    }
    if (parts.length > 1) this.#held = Buffer.concat(parts, held)
    return this.#held.subarray(0, length)
  }

  /** The next bytes: as many as asked for, fewer only at the end. */
  async take(length: number): Promise<Uint8Array> {
    const taken = await this.peek(length)
    this.#held = this.#held.subarray(taken.length)
    this.#position += taken.length
    return taken
  }

  /** The next bytes, however many are at hand; none at the end. */
  async some(): Promise<Uint8Array> {
    if (this.#held.length > 0) return this.take(this.#held.length)
    const next = await this.#chunks.next()
    if (next.done === true) return EMPTY
    this.#position += next.value.length
    return next.value
  }

  async skip(length: number): Promise<void> {
    for (let left = length; left > 0; ) {
      const taken = await this.take(Math.min(left, PORTION))
      if (taken.length === 0) return
      left -= taken.length
    }
  }

  /** Lets go of the stream, so that a file is closed that was not read to its end. */
  async close(): Promise<void> {
    await this.#chunks.return?.()
  }
}

const EMPTY = new Uint8Array()
const PORTION = 1024 * 1024

/** Reads two files side by side, and closes both whatever happens. */
export async function readBoth<Result>(
  a: AsyncIterable<Uint8Array>,
  b: AsyncIterable<Uint8Array>,
  work: (a: ByteReader, b: ByteReader) => Promise<Result>,
): Promise<Result> {
  const readers = [new ByteReader(a), new ByteReader(b)] as const
  try {
    return await work(...readers)
  } finally {
    await Promise.all(readers.map((reader) => reader.close()))
  }
}
