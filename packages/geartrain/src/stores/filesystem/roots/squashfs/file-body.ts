import { zstdCompressSync } from "node:zlib"
import { frameContentSize } from "../../../../packing/compression/frame-content-size.ts"
import type { PackedPiece } from "../../../../packing/tar/packed-piece.ts"
import { type BlockSize, readBlockSize, unpackBlock } from "./data-block.ts"
import { type ImageFile, readImage } from "./image-file.ts"
import type { FilePlace } from "./inode.ts"
import type { TailBlocks } from "./tail-blocks.ts"

/** Blocks of one file lie one after the other: so many are read at once, 2 MiB in blocks of 128 KiB. */
const MOST_AT_ONCE = 16
/** A block that unpacks to less is unpacked: as a frame of its own it would cost more than it saves. */
const LEAST_FRAME_BYTES = 32 * 1024

/** Reads the bodies of an image's files, as they are packed. */
export class FileBodies {
  readonly #image: ImageFile
  readonly #blockBytes: number
  readonly #tails: TailBlocks
  #buffer: Buffer | undefined
  #zeros: PackedPiece | undefined

  constructor(image: ImageFile, blockBytes: number, tails: TailBlocks) {
    this.#image = image
    this.#blockBytes = blockBytes
    this.#tails = tails
  }

  /** @throws {RangeError} where the image is not what one can be. */
  *read(file: FilePlace): Generator<PackedPiece, void> {
    const { sizeBytes, tail } = file
    const blocks =
      tail === undefined ? Math.ceil(sizeBytes / this.#blockBytes) : Math.floor(sizeBytes / this.#blockBytes)
    let position = file.start
    for (let block = 0; block < blocks; block += MOST_AT_ONCE) {
      const count = Math.min(MOST_AT_ONCE, blocks - block)
      const sizes = this.#sizes(file, block, count)
      const length = sizes.reduce((sum, { packedBytes }) => sum + packedBytes, 0)
      this.#buffer ??= Buffer.allocUnsafeSlow(MOST_AT_ONCE * this.#blockBytes)
      const packed = length === 0 ? NOTHING : readImage(this.#image, { position, length }, this.#buffer)
      let start = 0
      for (const [index, size] of sizes.entries()) {
        const bytes = packed.subarray(start, start + size.packedBytes)
        yield this.#piece(bytes, size, this.#unpackedBytes(file, block + index))
        start += size.packedBytes
      }
      position += length
    }
    const length = sizeBytes - blocks * this.#blockBytes
    if (tail !== undefined && length > 0) yield { form: "plain", bytes: this.#tails.tail({ ...tail, length }) }
  }

  #sizes(file: FilePlace, block: number, count: number): readonly BlockSize[] {
    const words = file.sizes.take(count * 4)
    return Array.from({ length: count }, (_, index) =>
      readBlockSize(words.readUInt32LE(index * 4), this.#unpackedBytes(file, block + index)),
    )
  }

  #unpackedBytes(file: FilePlace, block: number): number {
    return Math.min(this.#blockBytes, file.sizeBytes - block * this.#blockBytes)
  }

  #piece(bytes: Buffer, size: BlockSize, unpackedBytes: number): PackedPiece {
    if (size.packedBytes === 0) return this.#hole(unpackedBytes)
    if (size.isStored) return { form: "dense", bytes }
    if (frameContentSize(bytes) === unpackedBytes && unpackedBytes >= LEAST_FRAME_BYTES)
      return { form: "frame", bytes, unpackedBytes }
    const unpacked = unpackBlock(bytes, unpackedBytes)
    if (unpacked.length === unpackedBytes) return { form: "plain", bytes: unpacked }
    throw new RangeError(`it has a block of ${unpacked.length} bytes for ${unpackedBytes}`)
  }

  #hole(unpackedBytes: number): PackedPiece {
    if (unpackedBytes < this.#blockBytes) return { form: "plain", bytes: Buffer.alloc(unpackedBytes) }
    this.#zeros ??= { form: "frame", bytes: zstdCompressSync(Buffer.alloc(unpackedBytes)), unpackedBytes }
    return this.#zeros
  }
}

const NOTHING = Buffer.alloc(0)
