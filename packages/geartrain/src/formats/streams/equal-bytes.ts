/**
 * Whether two streams have the same bytes, read no further than to the first that differ.
 *
 * @returns how many; undefined when they differ.
 */
export async function equalBytes(
  a: AsyncIterable<Uint8Array>,
  b: AsyncIterable<Uint8Array>,
): Promise<number | undefined> {
  const [left, right] = [new Ahead(a), new Ahead(b)]
  try {
    for (let size = 0; ; ) {
      await Promise.all([left.fill(), right.fill()])
      const length = Math.min(left.bytes.length, right.bytes.length)
      if (length === 0) return left.bytes.length === right.bytes.length ? size : undefined
      if (left.take(length).compare(right.take(length)) !== 0) return undefined
      size += length
    }
  } finally {
    await Promise.all([left.close(), right.close()])
  }
}

/** What came of a stream and was not compared yet. */
class Ahead {
  bytes: Buffer = EMPTY
  readonly #chunks: AsyncIterator<Uint8Array>

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]()
  }

  /** After this there is something, unless the stream has ended. */
  async fill(): Promise<void> {
    while (this.bytes.length === 0) {
      const next = await this.#chunks.next()
      if (next.done === true) return
      this.bytes = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength)
    }
  }

  take(length: number): Buffer {
    const taken = this.bytes.subarray(0, length)
    this.bytes = this.bytes.subarray(length)
    return taken
  }

  async close(): Promise<void> {
    await this.#chunks.return?.()
  }
}

const EMPTY = Buffer.alloc(0)
