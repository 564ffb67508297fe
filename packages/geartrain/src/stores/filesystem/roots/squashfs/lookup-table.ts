import { type ImageFile, readImage } from "./image-file.ts"
import type { Metadata } from "./metadata.ts"

const BLOCK_BYTES = 8192

export interface TableShape {
  /** Where the list of its metadata blocks is. */
  readonly list: number
  readonly count: number
  readonly recordBytes: number
}

/** A table of records of one length, which are found by number. */
export class LookupTable {
  readonly #image: ImageFile
  readonly #metadata: Metadata
  readonly #shape: TableShape
  #blocks: Buffer | undefined

  constructor(image: ImageFile, metadata: Metadata, shape: TableShape) {
    this.#image = image
    this.#metadata = metadata
    this.#shape = shape
  }

  /** @throws {RangeError} for a number that the table has not. */
  record(index: number): Buffer {
    const { count, recordBytes } = this.#shape
    if (index >= count) throw new RangeError(`it names record ${index} of a table that has ${count}`)
    this.#blocks ??= this.#readList()
    const byte = index * recordBytes
    const blocks = this.#blocks
    const position = Number(blocks.readBigUInt64LE(Math.floor(byte / BLOCK_BYTES) * 8))
    return this.#metadata.at(position, byte % BLOCK_BYTES).take(recordBytes)
  }

  #readList(): Buffer {
    const { list, count, recordBytes } = this.#shape
    const length = Math.ceil((count * recordBytes) / BLOCK_BYTES) * 8
    return readImage(this.#image, { position: list, length })
  }
}
