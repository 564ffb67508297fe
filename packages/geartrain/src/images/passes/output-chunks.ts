/** Larger ones gain nothing; much smaller ones cost a step of every stream on their way for each. */
const CHUNK_BYTES = 512 * 1024

export interface OutputChunksOptions {
  /**
   * `reused`: chunks that were taken away come again once more are asked for, so that nothing is left to the garbage collector: as it does not see
   * how large they are, a stream of a gigabyte would take 80 MB of memory; `fresh`: each chunk belongs to whoever takes it.
   */
  readonly buffers: "reused" | "fresh"
}

/**
 * Gathers many small writes into few chunks.
 *
 * Never asked to hold much: whoever writes takes the full chunks away after each piece of input.
 */
export class OutputChunks {
  readonly #isReusing: boolean
  #full: Buffer<ArrayBuffer>[] = []
  /** Taken away, and perhaps still read. */
  #lent: readonly Buffer<ArrayBuffer>[] = []
  readonly #spare: Buffer<ArrayBuffer>[] = []
  #current = Buffer.allocUnsafeSlow(CHUNK_BYTES)
  #used = 0

  constructor({ buffers }: OutputChunksOptions) {
    this.#isReusing = buffers === "reused"
  }

  write(bytes: Uint8Array): void {
    let start = 0
    while (start < bytes.length) {
      const part = Math.min(bytes.length - start, CHUNK_BYTES - this.#used)
      this.#current.set(bytes.subarray(start, start + part), this.#used)
      this.#used += part
      start += part
      if (this.#used < CHUNK_BYTES) return
      this.#full.push(this.#current)
      this.#startChunk()
    }
  }

  /** Takes away the chunks that are full. Those that were taken before are this one's again, if it reuses them. */
  full(): readonly Buffer[] {
    if (this.#isReusing) this.#spare.push(...this.#lent)
    this.#lent = this.#full
    this.#full = []
    return this.#lent
  }

  /** Takes away everything. */
  all(): readonly Buffer[] {
    const last = this.#used === 0 ? [] : [this.#current.subarray(0, this.#used)]
    this.#startChunk()
    return [...this.full(), ...last]
  }

  #startChunk(): void {
    this.#current = this.#spare.pop() ?? Buffer.allocUnsafeSlow(CHUNK_BYTES)
    this.#used = 0
  }
}
