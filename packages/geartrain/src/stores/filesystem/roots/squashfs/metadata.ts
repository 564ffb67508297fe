import { unpackBlock } from "./data-block.ts"
import { type ImageFile, readImage } from "./image-file.ts"

/** Of a metadata block, unpacked. */
const BLOCK_BYTES = 8192
const HEAD_BYTES = 2
const STORED = 0x8000
/** Half a megabyte: inodes and folders are each read nearly in their order. */
const MOST_KEPT = 64

interface MetadataBlock {
  readonly bytes: Buffer
  /** Where the next begins. */
  readonly next: number
}

/** The metadata of an image: small packed blocks, in which records lie one after the other, also across the edges of blocks. */
export class Metadata {
  readonly #image: ImageFile
  readonly #kept = new Map<number, MetadataBlock>()

  constructor(image: ImageFile) {
    this.#image = image
  }

  /**
   * @param position  Where a block begins in the file.
   * @param offset  A byte in it, once it is unpacked.
   */
  at(position: number, offset: number): MetadataCursor {
    return new MetadataCursor(this, position, offset)
  }

  /** @throws {RangeError} for a block that lies outside of the image, or is no such block. */
  block(position: number): MetadataBlock {
    const kept = this.#kept.get(position)
    if (kept !== undefined) return kept
    const block = this.#read(position)
    const [oldest] = this.#kept.keys()
    if (this.#kept.size >= MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest)
    this.#kept.set(position, block)
    return block
  }

  #read(position: number): MetadataBlock {
    const length = Math.min(HEAD_BYTES + BLOCK_BYTES, this.#image.sizeBytes - position)
    const read = readImage(this.#image, { position, length: Math.max(length, HEAD_BYTES) })
    const head = read.readUInt16LE(0)
    const end = HEAD_BYTES + (head & ~STORED)
    if (end === HEAD_BYTES || end > read.length) throw new RangeError(`at byte ${position} is no metadata block`)
    const packed = read.subarray(HEAD_BYTES, end)
    const isStored = (head & STORED) !== 0
    const bytes = isStored ? packed : unpackBlock(packed, BLOCK_BYTES)
    return { bytes, next: position + end }
  }
}

/** Reads records of metadata, one after the other. */
export class MetadataCursor {
  readonly #metadata: Metadata
  #position: number
  #offset: number

  constructor(metadata: Metadata, position: number, offset: number) {
    this.#metadata = metadata
    this.#position = position
    this.#offset = offset
  }

  /** @returns the next bytes, which are nobody's to change. */
  take(length: number): Buffer {
    let parts: Buffer[] | undefined
    for (let left = length; ; ) {
      const { bytes, next } = this.#metadata.block(this.#position)
      if (this.#offset > bytes.length)
        throw new RangeError(`a record begins after the metadata block at ${this.#position}`)
      const part = bytes.subarray(this.#offset, this.#offset + left)
      this.#offset += part.length
      left -= part.length
      if (left === 0 && parts === undefined) return part
      parts ??= []
      parts.push(part)
      if (left === 0) return Buffer.concat(parts)
      this.#position = next
      this.#offset = 0
    }
  }
}
