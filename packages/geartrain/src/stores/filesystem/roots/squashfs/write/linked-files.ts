import type { InodePlace } from "../superblock.ts"
import type { InodeType } from "./entry-record.ts"

/** An inode that was written, for all its names. */
export interface LinkedInode {
  readonly type: InodeType
  readonly number: number
  readonly place: InodePlace
}

interface Linked {
  further: number
  inode?: LinkedInode
}

/** Files with more names than one: some hundred bytes for each of them. */
export class LinkedFiles {
  readonly #files = new Map<string, Linked>()

  get size(): number {
    return this.#files.size
  }

  /** Notes that a file has another name. @param key  Of the name that it came under. */
  note(key: Uint8Array): void {
    const file = this.#files.get(textOf(key))
    if (file === undefined) this.#files.set(textOf(key), { further: 1 })
    else file.further += 1
  }

  /** How many names it has beside this one; 0 for most. */
  further(key: Uint8Array): number {
    return this.size > 0 ? (this.#files.get(textOf(key))?.further ?? 0) : 0
  }

  written(key: Uint8Array, inode: LinkedInode): void {
    const file = this.#files.get(textOf(key))
    if (file !== undefined) file.inode = inode
  }

  /** Undefined for a file that has one name only, or is not there. */
  inode(key: Uint8Array): LinkedInode | undefined {
    return this.size > 0 ? this.#files.get(textOf(key))?.inode : undefined
  }
}

function textOf(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.length).toString("latin1")
}
