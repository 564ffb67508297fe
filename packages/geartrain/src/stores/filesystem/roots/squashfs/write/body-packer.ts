import { BLOCK_BYTES, type BlockOutput } from "./block-output.ts"
import { NO_TAIL, type PackedBody } from "./entry-record.ts"
import type { TailTable } from "./tail-table.ts"

/**
 * An end of at least so many bytes has a block of its own: whoever bundles a root filesystem takes over whole blocks as they are, and has to
 * pack those anew that files share.
 */
const LEAST_OWN_BYTES = 32 * 1024

interface Underway {
  readonly sizeBytes: number
  readonly done: (body: PackedBody) => void
  readonly words: number[]
  start: number | undefined
  holeBytes: number
  /** Blocks that are not written yet, and one more until the last byte has come. */
  pending: number
  tail: { readonly block: number; readonly offset: number } | undefined
}

/** Parts the bodies of files into blocks, one file after the other. */
export class BodyPacker {
  readonly #blocks: BlockOutput
  readonly #tails: TailTable
  #file: Underway | undefined
  #buffer: Buffer | undefined
  #used = 0

  constructor(blocks: BlockOutput, tails: TailTable) {
    this.#blocks = blocks
    this.#tails = tails
  }

  /** @param done  Is told where the file is once all of its blocks are written. */
  begin(sizeBytes: number, done: (body: PackedBody) => void): void {
    this.#file = { sizeBytes, done, words: [], start: undefined, holeBytes: 0, pending: 1, tail: undefined }
  }

  data(bytes: Uint8Array): void {
    for (let start = 0; start < bytes.length; ) {
      this.#buffer ??= this.#blocks.take()
      const part = Math.min(bytes.length - start, BLOCK_BYTES - this.#used)
      this.#buffer.set(bytes.subarray(start, start + part), this.#used)
      this.#used += part
      start += part
      if (this.#used === BLOCK_BYTES) this.#put()
    }
  }

  /** So many zeros. */
  hole(sizeBytes: number): void {
    let left = sizeBytes
    while (left > 0) {
      if (this.#used === 0 && left >= BLOCK_BYTES) {
        this.#skip()
        left -= BLOCK_BYTES
        continue
      }
      const part = Math.min(left, BLOCK_BYTES - this.#used)
      this.data(ZEROS.subarray(0, part))
      left -= part
    }
  }

  end(): void {
    const file = this.#open()
    if (this.#used >= LEAST_OWN_BYTES) this.#put()
    else if (this.#used > 0 && this.#buffer !== undefined) {
      file.tail = this.#tails.add(this.#buffer.subarray(0, this.#used))
      this.#used = 0
    }
    this.#file = undefined
    settle(file)
  }

  #put(): void {
    const file = this.#open()
    const [buffer, length] = [this.#buffer, this.#used]
    if (buffer === undefined) return
    this.#used = 0
    if (length === BLOCK_BYTES && buffer.equals(ZEROS)) {
      this.#skip()
      return
    }
    this.#buffer = undefined
    const index = file.words.push(0) - 1
    file.pending += 1
    this.#blocks.put(buffer, length, ({ position, word }) => {
      file.start ??= position
      file.words[index] = word
      settle(file)
    })
  }

  /** A full block of zeros. */
  #skip(): void {
    const file = this.#open()
    file.words.push(0)
    file.holeBytes += BLOCK_BYTES
  }

  #open(): Underway {
    if (this.#file === undefined) throw new TypeError("No file was begun")
    return this.#file
  }
}

const ZEROS = Buffer.alloc(BLOCK_BYTES)

function settle(file: Underway): void {
  file.pending -= 1
  if (file.pending > 0) return
  const { sizeBytes, start = 0, holeBytes, tail } = file
  const blockWords = Buffer.alloc(file.words.length * 4)
  for (const [index, word] of file.words.entries()) blockWords.writeUInt32LE(word, index * 4)
  file.done({
    sizeBytes,
    start,
    holeBytes,
    tailBlock: tail?.block ?? NO_TAIL,
    tailOffset: tail?.offset ?? 0,
    blockWords,
  })
}
