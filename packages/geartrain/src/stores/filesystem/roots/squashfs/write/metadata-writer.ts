import { FrameCompressor } from "../../../../../packing/compression/frame-compressor.ts"
import type { InodePlace } from "../superblock.ts"
import { LEVEL } from "./block-output.ts"

/** Of a metadata block, unpacked. */
export const METADATA_BYTES = 8192
const STORED = 0x8000

/**
 * Writes records one after the other into small packed blocks.
 *
 * Where a record is depends on how short the blocks before it became: so whoever writes waits for `room` before he asks for the next place.
 *
 * @see Linux, Documentation/filesystems/squashfs.rst, "Squashfs filesystem design": metadata blocks
 */
export class MetadataWriter {
  readonly #push: (bytes: Uint8Array) => void
  // Not one for each block: they would be let go of only when JavaScript's own memory is looked through.
  readonly #compressor = new FrameCompressor({ level: LEVEL, mostBytes: METADATA_BYTES, checksum: false })
  readonly #head = Buffer.alloc(2)
  #pending = Buffer.alloc(2 * METADATA_BYTES)
  #used = 0
  #packedBytes = 0

  /** @param push  Takes what is to be appended; the bytes are its only during the call. */
  constructor(push: (bytes: Uint8Array) => void) {
    this.#push = push
  }

  /** Where the next record will begin: the block by its place among the packed ones, and the byte in it. */
  get place(): InodePlace {
    if (this.#used >= METADATA_BYTES) throw new TypeError("There are blocks that wait to be packed")
    return { block: this.#packedBytes, offset: this.#used }
  }

  /** A record may go on in the next block. */
  write(record: Uint8Array): void {
    if (this.#used + record.length > this.#pending.length) {
      const larger = Buffer.alloc(2 * (this.#used + record.length))
      this.#pending.copy(larger, 0, 0, this.#used)
      this.#pending = larger
    }
    this.#pending.set(record, this.#used)
    this.#used += record.length
  }

  /** Packs the blocks that are full. */
  async room(): Promise<void> {
    if (this.#used >= METADATA_BYTES) await this.#pack(this.#used - (this.#used % METADATA_BYTES))
  }

  /** Packs what is left. Answers with the bytes of all blocks. Nothing may be written any more. */
  async end(): Promise<number> {
    await this.#pack(this.#used)
    this.close()
    return this.#packedBytes
  }

  /** Lets go of what packs, also where not all was packed. */
  close(): void {
    this.#compressor.close()
  }

  async #pack(length: number): Promise<void> {
    const plain: Buffer[] = []
    for (let start = 0; start < length; start += METADATA_BYTES)
      plain.push(this.#pending.subarray(start, Math.min(length, start + METADATA_BYTES)))
    const packed = await Promise.all(plain.map((block) => this.#compressor.pack(block)))
    for (const [index, block] of plain.entries()) this.#append(block, packed[index] ?? block)
    this.#pending.copyWithin(0, length, this.#used)
    this.#used -= length
  }

  #append(plain: Buffer, packed: Buffer): void {
    const isStored = packed.length >= plain.length
    const bytes = isStored ? plain : packed
    this.#head.writeUInt16LE(bytes.length | (isStored ? STORED : 0))
    this.#push(this.#head)
    this.#push(bytes)
    this.#packedBytes += this.#head.length + bytes.length
  }
}
