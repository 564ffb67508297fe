/** A stream of blocks: what was read and not yet taken lies in one piece, which begins where a block begins. */
export class BlockStream {
  /** Valid until `fill` is called. */
  bytes: Buffer = EMPTY
  isAtEnd = false
  /** Bytes that were taken. */
  position = 0
  readonly #chunks: AsyncIterator<Uint8Array>
  #memory: Buffer = EMPTY

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]()
  }

  /** Reads until `least` bytes are there, or no more come. */
  async fill(least: number): Promise<void> {
    while (this.bytes.length < least && !this.isAtEnd) {
      const next = await this.#chunks.next()
      if (next.done === true) this.isAtEnd = true
      else this.#append(next.value)
    }
  }

  drop(length: number): void {
    this.bytes = this.bytes.subarray(length)
    this.position += length
  }

  async close(): Promise<void> {
    await this.#chunks.return?.()
  }

  /** One memory serves for all: fresh one for each chunk would cost as much as the reading. */
  #append(chunk: Uint8Array): void {
    const length = this.bytes.length + chunk.length
    const memory = length <= this.#memory.length ? this.#memory : Buffer.allocUnsafeSlow(length * 2)
    this.bytes.copy(memory)
    memory.set(chunk, this.bytes.length)
    this.#memory = memory
    this.bytes = memory.subarray(0, length)
  }
}

const EMPTY = Buffer.alloc(0)
