/** Larger ones gain nothing; much smaller ones cost a step of every stream on their way for each. */
const CHUNK_BYTES = 512 * 1024

/**
 * Gathers many small writes into few chunks. Each chunk is made anew: it belongs to whoever takes it.
 *
 * Never asked to hold much: whoever writes takes the full chunks away after each piece of input.
 */
export class OutputChunks {
  #full: Buffer[] = []
  #current = Buffer.allocUnsafeSlow(CHUNK_BYTES)
  #used = 0

  write(bytes: Uint8Array): void {
    let start = 0
    while (start < bytes.length) {
      const part = Math.min(bytes.length - start, CHUNK_BYTES - this.#used)
      this.#current.set(bytes.subarray(start, start + part), this.#used)
      this.#used += part
      start += part
      if (this.#used < CHUNK_BYTES) return
      this.#full.push(this.#current)
      this.#current = Buffer.allocUnsafeSlow(CHUNK_BYTES)
      this.#used = 0
    }
  }

  /** Takes away the chunks that are full. */
  full(): readonly Buffer[] {
    const full = this.#full
    if (full.length > 0) this.#full = []
    return full
  }

  /** Takes away everything. */
  all(): readonly Buffer[] {
    const last = this.#used === 0 ? [] : [this.#current.subarray(0, this.#used)]
    this.#used = 0
    this.#current = Buffer.allocUnsafeSlow(CHUNK_BYTES)
    return [...this.full(), ...last]
  }
}
