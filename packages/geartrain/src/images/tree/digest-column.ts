import type { ScratchFile } from "../../system/linux/scratch-file.ts"
import { systemCode } from "../../system/system-code.ts"

const DIGEST_BYTES = 32
const BLOCK_BITS = 14
const BLOCK_DIGESTS = 2 ** BLOCK_BITS
const BLOCK_BYTES = BLOCK_DIGESTS * DIGEST_BYTES
/** 65,536 digests: the first 2 MiB. Most images have fewer files, and so touch no disk. */
const KEPT_BLOCKS = 4
const PAGE_BYTES = 4096
const PAGE_DIGESTS = PAGE_BYTES / DIGEST_BYTES
/** 2 MiB: a folder may have as many files as that are of, in the order of any file system, and each page is read once. */
const PAGES = 512
/** Full, read-only, somebody else's, gone, broken. */
const DISK_REFUSES = new Set(["ENOSPC", "EDQUOT", "EFBIG", "EROFS", "EACCES", "EPERM", "ENOENT", "EIO"])

/**
 * The sha256 of each file. A third of all that is known of a tree, and wanted in nearly the order in which it came: so what is more than the
 * first lies in a scratch file, if there may be one. What the disk does not take stays in memory.
 */
export class DigestColumn {
  #openScratch: (() => ScratchFile) | undefined
  #scratch: ScratchFile | undefined
  /** None where a block lies in the scratch file. */
  readonly #blocks: (Buffer | undefined)[] = []
  #pages: PageCache | undefined

  constructor(openScratch?: () => ScratchFile) {
    this.#openScratch = openScratch
  }

  /** @returns a view, valid until the next digest is asked for. */
  get(row: number): Buffer {
    const block = this.#blocks[row >>> BLOCK_BITS]
    if (block !== undefined) return digestIn(block, row % BLOCK_DIGESTS)
    if (this.#scratch === undefined) throw new RangeError(`Row ${row} has no digest`)
    this.#pages ??= new PageCache(this.#scratch)
    return digestIn(this.#pages.get(Math.floor(row / PAGE_DIGESTS)), row % PAGE_DIGESTS)
  }

  /** Rows are set once, in rising order. */
  set(row: number, digest: Uint8Array): void {
    const index = row >>> BLOCK_BITS
    const block = this.#blocks[index] ?? this.#startBlock(index)
    block.set(digest, (row % BLOCK_DIGESTS) * DIGEST_BYTES)
  }

  #startBlock(index: number): Buffer {
    const last = this.#blocks.length - 1
    if (index < last) throw new RangeError(`Block ${index} of digests comes after block ${last}`)
    const block = (index > KEPT_BLOCKS ? this.#spill(last) : undefined) ?? Buffer.alloc(BLOCK_BYTES)
    this.#blocks[index] = block
    return block
  }

  /** @returns the memory of the block, to be used again. */
  #spill(index: number): Buffer | undefined {
    const block = this.#blocks[index]
    if (index < KEPT_BLOCKS || block === undefined || this.#openScratch === undefined) return undefined
    try {
      this.#scratch ??= this.#openScratch()
      this.#scratch.write(block, index * BLOCK_BYTES)
    } catch (error) {
      if (!DISK_REFUSES.has(systemCode(error) ?? "")) throw error
      this.#openScratch = undefined
      return undefined
    }
    this.#blocks[index] = undefined
    return block
  }
}

/** Pages of a file, each of which has one place where it can be. */
class PageCache {
  readonly #file: ScratchFile
  readonly #bytes = Buffer.allocUnsafeSlow(PAGES * PAGE_BYTES)
  readonly #held = new Int32Array(PAGES).fill(-1)

  constructor(file: ScratchFile) {
    this.#file = file
  }

  get(page: number): Buffer {
    const place = page % PAGES
    const bytes = this.#bytes.subarray(place * PAGE_BYTES, (place + 1) * PAGE_BYTES)
    if (this.#held[place] !== page) {
      this.#held[place] = -1
      this.#file.read(bytes, page * PAGE_BYTES)
      this.#held[place] = page
    }
    return bytes
  }
}

function digestIn(digests: Buffer, index: number): Buffer {
  return digests.subarray(index * DIGEST_BYTES, (index + 1) * DIGEST_BYTES)
}
