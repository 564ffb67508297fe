import type { FileHandle } from "../../../../../system/files.ts"
import { writeAt } from "../../../../../system/write-at.ts"

/** Smaller writes cost a turn of the thread pool each, and larger ones gain nothing. */
const CHUNK_BYTES = 256 * 1024
/** One is filled while one is written. */
const MOST_WAITING = 2

/** Appends to a file: takes bytes at once, and writes them in large pieces from buffers that are used again. */
export class ImageOutput {
  readonly #file: FileHandle
  readonly #spare: Buffer<ArrayBuffer>[] = []
  #current = Buffer.allocUnsafeSlow(CHUNK_BYTES)
  #used = 0
  #position: number
  #waiting = 0
  #writing: Promise<void> = Promise.resolve()

  /** @param start  Where in the file the first byte goes. */
  constructor(file: FileHandle, start = 0) {
    this.#file = file
    this.#position = start
  }

  /** Where the next byte will be. */
  get position(): number {
    return this.#position + this.#used
  }

  /** The bytes are copied. Whoever pushes much waits for `room` now and then. */
  push(bytes: Uint8Array): void {
    for (let start = 0; start < bytes.length; ) {
      const part = Math.min(bytes.length - start, CHUNK_BYTES - this.#used)
      this.#current.set(bytes.subarray(start, start + part), this.#used)
      this.#used += part
      start += part
      if (this.#used === CHUNK_BYTES) this.#write()
    }
  }

  /** Answers when there is little that waits to be written. */
  async room(): Promise<void> {
    if (this.#waiting >= MOST_WAITING) await this.#writing
  }

  /** Answers when all is written that was pushed. */
  async settle(): Promise<void> {
    if (this.#used > 0) this.#write()
    await this.#writing
  }

  #write(): void {
    const [chunk, length, position] = [this.#current, this.#used, this.#position]
    this.#waiting += 1
    this.#writing = this.#writing.then(async () => {
      await writeAt(this.#file, chunk.subarray(0, length), position)
      this.#waiting -= 1
      this.#spare.push(chunk)
    })
    // It is waited for above, perhaps after another has failed.
    this.#writing.catch(() => undefined)
    this.#position += length
    this.#used = 0
    this.#current = this.#spare.pop() ?? Buffer.allocUnsafeSlow(CHUNK_BYTES)
  }
}
