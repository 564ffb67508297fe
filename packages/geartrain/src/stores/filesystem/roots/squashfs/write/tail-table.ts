import { BLOCK_BYTES, type BlockOutput, type WrittenBlock } from "./block-output.ts"

const RECORD_BYTES = 16

/** Where the end of a file lies: in which shared block, and at which byte of it. */
export interface TailPlaced {
  readonly block: number
  readonly offset: number
}

/** Gathers small files, and the ends of large ones, into blocks that they share. */
export class TailTable {
  readonly #blocks: BlockOutput
  readonly #written: WrittenBlock[] = []
  #count = 0
  #current: Buffer | undefined
  #used = 0

  constructor(blocks: BlockOutput) {
    this.#blocks = blocks
  }

  get count(): number {
    return this.#count
  }

  /** @param bytes  Fewer than a block has; they are copied. */
  add(bytes: Uint8Array): TailPlaced {
    if (this.#used + bytes.length > BLOCK_BYTES) this.#put()
    if (this.#current === undefined) {
      this.#current = this.#blocks.take()
      this.#count += 1
    }
    const offset = this.#used
    this.#current.set(bytes, offset)
    this.#used += bytes.length
    return { block: this.#count - 1, offset }
  }

  /** Nothing may be added any more. */
  end(): void {
    this.#put()
  }

  /** The records of the table. All blocks are written. */
  records(): Buffer {
    const records = Buffer.alloc(this.#written.length * RECORD_BYTES)
    for (const [index, { position, word }] of this.#written.entries()) {
      records.writeBigUInt64LE(BigInt(position), index * RECORD_BYTES)
      records.writeUInt32LE(word, index * RECORD_BYTES + 8)
    }
    return records
  }

  #put(): void {
    if (this.#current === undefined) return
    // Blocks are told in their order.
    this.#blocks.put(this.#current, this.#used, (block) => this.#written.push(block))
    this.#current = undefined
    this.#used = 0
  }
}
