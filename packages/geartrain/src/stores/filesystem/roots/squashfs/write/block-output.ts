import { FrameCompressor } from "../../../../../packing/compression/frame-compressor.ts"
import { freeShortLived } from "../../../../../packing/compression/short-lived.ts"
import type { ImageOutput } from "./image-output.ts"

/** Unpacked bytes of a full data block. Larger ones pack a little better, and cost more to read a few bytes of. */
export const BLOCK_BYTES = 128 * 1024
/** Says of a block's size that the block is as it was. */
const STORED = 1 << 24
/** A third less time than level 3 (3.2 s of CPU for 1.2 GB, not 4.5 s), and a twentieth more room (432 MB, not 411 MB). */
export const LEVEL = 1
/** As many as are packed at once, and some that wait for the one before them. */
const MOST_WAITING = 8

/** What was packed is freed when it comes to so much. */
const FREED_BYTES = 8 * 1024 * 1024

/** What became of a block. */
export interface WrittenBlock {
  /** In the image. */
  readonly position: number
  /** Its packed size, with a mark for one that was not packed: as inodes have it. */
  readonly word: number
}

interface Waiting {
  readonly plain: Buffer
  readonly packed: Promise<Buffer>
  readonly written: (block: WrittenBlock) => void
}

/** Packs blocks, several at once, and appends them to the image in the order in which they came. */
export class BlockOutput {
  readonly #output: ImageOutput
  readonly #compressor = new FrameCompressor({ level: LEVEL, mostBytes: BLOCK_BYTES, checksum: false })
  readonly #waiting: Waiting[] = []
  readonly #spare: Buffer[] = []
  #pushedBytes = 0

  constructor(output: ImageOutput) {
    this.#output = output
  }

  /** A buffer of the length of a block, to be filled and put. */
  take(): Buffer {
    return this.#spare.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES)
  }

  /**
   * @param buffer  From `take`, and this one's again.
   * @param written  Is told in the order of the blocks.
   */
  put(buffer: Buffer, length: number, written: (block: WrittenBlock) => void): void {
    const packed = this.#compressor.pack(buffer.subarray(0, length))
    // It is waited for in its turn, perhaps after another has failed.
    packed.catch(() => undefined)
    this.#waiting.push({ plain: buffer.subarray(0, length), packed, written })
  }

  /** Answers when few blocks wait. */
  async room(): Promise<void> {
    while (this.#waiting.length > MOST_WAITING) await this.#writeFirst()
    await this.#output.room()
  }

  /** Answers when all blocks are appended. */
  async end(): Promise<void> {
    while (this.#waiting.length > 0) await this.#writeFirst()
  }

  /** Lets go of what packs, also where not all was packed. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#waiting.map(({ packed }) => packed))
    this.#compressor.close()
  }

  async #writeFirst(): Promise<void> {
    const first = this.#waiting.shift()
    if (first === undefined) return
    const { plain, written } = first
    const packed = await first.packed
    const isStored = packed.length >= plain.length
    const bytes = isStored ? plain : packed
    const { position } = this.#output
    this.#output.push(bytes)
    this.#pushedBytes += bytes.length
    if (this.#pushedBytes >= FREED_BYTES) {
      this.#pushedBytes = 0
      freeShortLived()
    }
    await this.#output.room()
    written({ position, word: bytes.length | (isStored ? STORED : 0) })
    this.#spare.push(Buffer.from(plain.buffer, 0, BLOCK_BYTES))
  }
}
