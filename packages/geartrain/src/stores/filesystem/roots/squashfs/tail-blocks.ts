import { unpackBlock } from "./data-block.ts"
import { type ImageFile, readImage } from "./image-file.ts"
import { LookupTable } from "./lookup-table.ts"
import type { Metadata } from "./metadata.ts"
import type { Superblock } from "./superblock.ts"

/** Where the last bytes of a file are, in a block that files share. */
export interface TailPlace {
  readonly index: number
  readonly offset: number
  readonly length: number
}

/**
 * Ends lie in the order in which the files came when the image was packed, which need not be that of their names: with 32 MiB of blocks of 128 KiB
 * nearly every one is unpacked once, where 8 of 50,000 files would be unpacked for every second file.
 */
const MOST_KEPT = 256
const RECORD_BYTES = 16
const STORED = 1 << 24

/** The blocks that hold small files and the last bytes of large ones. */
export class TailBlocks {
  readonly #image: ImageFile
  readonly #blockBytes: number
  readonly #records: LookupTable
  readonly #kept = new Map<number, Buffer>()

  constructor(image: ImageFile, metadata: Metadata, superblock: Superblock) {
    const shape = { list: superblock.fragmentTable, count: superblock.fragmentCount, recordBytes: RECORD_BYTES }
    this.#image = image
    this.#blockBytes = superblock.blockBytes
    this.#records = new LookupTable(image, metadata, shape)
  }

  /** @throws {RangeError} for what lies outside of its block. */
  tail({ index, offset, length }: TailPlace): Buffer {
    const block = this.#block(index)
    if (offset + length > block.length)
      throw new RangeError(`it has a file that ends outside of block ${index} of ends`)
    return block.subarray(offset, offset + length)
  }

  #block(index: number): Buffer {
    const block = this.#kept.get(index) ?? this.#read(index)
    // The one that was asked for last is the last to go.
    this.#kept.delete(index)
    this.#kept.set(index, block)
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest)
    return block
  }

  #read(index: number): Buffer {
    const record = this.#records.record(index)
    const word = record.readUInt32LE(8)
    const length = word & (STORED - 1)
    if (length === 0 || length > this.#blockBytes) throw new RangeError(`it has a block of ${length} bytes of ends`)
    const packed = readImage(this.#image, { position: Number(record.readBigUInt64LE(0)), length })
    return (word & STORED) === 0 ? unpackBlock(packed, this.#blockBytes) : packed
  }
}
