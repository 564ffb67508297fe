import type { InodePlace } from "../superblock.ts"
import type { InodeType } from "./entry-record.ts"
import { METADATA_BYTES, type MetadataWriter } from "./metadata-writer.ts"

/** What a folder lists: a name, and whose it is. */
export interface ListedInode {
  readonly name: Uint8Array
  readonly type: InodeType
  readonly number: number
  readonly place: InodePlace
}

/** Where a listing was written. */
export interface ListingPlace {
  readonly place: InodePlace
  readonly sizeBytes: number
  /** For large ones: in which metadata block which names begin, as a folder's inode has it. */
  readonly index: Buffer
  readonly indexCount: number
}

const HEAD_BYTES = 12
const ENTRY_BYTES = 8
/** Inodes after a head are told by how far they are from its own. */
const MOST_DISTANCE = 0x7fff
/** @see Linux, fs/squashfs/squashfs_fs.h, SQUASHFS_DIR_COUNT */
const MOST_ENTRIES = 256
/** An inode says how many entries its index has with 16 bits. */
const MOST_INDEXED = 0xffff
const FIRST_BYTES = 256

interface Stretch {
  /** In the listing. */
  readonly start: number
  readonly number: number
  readonly block: number
  readonly firstName: Uint8Array
  entries: number
}

/**
 * The listing of one folder, in the order of the bytes of its names: stretches of entries, each with a head.
 *
 * @see Linux, fs/squashfs/squashfs_fs.h: struct squashfs_dir_header, squashfs_dir_entry, squashfs_dir_index
 */
export class FolderListing {
  #bytes = Buffer.allocUnsafe(FIRST_BYTES)
  #used = 0
  readonly #stretches: Stretch[] = []

  add({ name, type, number, place }: ListedInode): void {
    const stretch = this.#stretchFor(name, number, place.block)
    this.#reserve(ENTRY_BYTES + name.length)
    const at = this.#used
    this.#bytes.writeUInt16LE(place.offset, at)
    this.#bytes.writeInt16LE(number - stretch.number, at + 2)
    this.#bytes.writeUInt16LE(type, at + 4)
    this.#bytes.writeUInt16LE(name.length - 1, at + 6)
    this.#bytes.set(name, at + ENTRY_BYTES)
    this.#used += ENTRY_BYTES + name.length
    stretch.entries += 1
    this.#bytes.writeUInt32LE(stretch.entries - 1, stretch.start)
  }

  /** Nothing may be added any more. */
  async write(to: MetadataWriter): Promise<ListingPlace> {
    const { place } = to
    const index: Buffer[] = []
    // Whoever looks for a name in a small one reads it all.
    const isLarge = this.#used > METADATA_BYTES
    let block = place.block
    for (const [number, stretch] of this.#stretches.entries()) {
      const begins = to.place.block
      if (begins !== block && isLarge && index.length < MOST_INDEXED) index.push(indexEntry(stretch, begins))
      block = begins
      to.write(this.#bytes.subarray(stretch.start, this.#stretches[number + 1]?.start ?? this.#used))
      await to.room()
    }
    return { place, sizeBytes: this.#used, index: Buffer.concat(index), indexCount: index.length }
  }

  #stretchFor(name: Uint8Array, number: number, block: number): Stretch {
    const last = this.#stretches.at(-1)
    if (last !== undefined && last.block === block && last.entries < MOST_ENTRIES) {
      const distance = number - last.number
      if (distance >= -MOST_DISTANCE && distance <= MOST_DISTANCE) return last
    }
    this.#reserve(HEAD_BYTES)
    const stretch = { start: this.#used, number, block, firstName: Uint8Array.from(name), entries: 0 }
    this.#bytes.writeUInt32LE(block, this.#used + 4)
    this.#bytes.writeUInt32LE(number, this.#used + 8)
    this.#used += HEAD_BYTES
    this.#stretches.push(stretch)
    return stretch
  }

  #reserve(length: number): void {
    if (this.#used + length <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.#used + length))
    this.#bytes.copy(larger, 0, 0, this.#used)
    this.#bytes = larger
  }
}

function indexEntry({ start, firstName }: Stretch, block: number): Buffer {
  const head = Buffer.alloc(12)
  head.writeUInt32LE(start, 0)
  head.writeUInt32LE(block, 4)
  head.writeUInt32LE(firstName.length - 1, 8)
  return Buffer.concat([head, firstName])
}
