import type { Xattrs } from "@geartrain/spec"
import { NO_XATTRS } from "../../packing/tar/tar-entry.ts"
import type { ScratchFile } from "../../system/linux/scratch-file.ts"
import { DigestColumn } from "./digest-column.ts"
import { NumberColumn, WideColumn } from "./number-column.ts"

/** What an inode is. Numbers, since they are kept in a column; 0 is left for "none". */
export const KIND = { file: 1, folder: 2, link: 3, characterDevice: 4, blockDevice: 5, fifo: 6 } as const
export type Kind = (typeof KIND)[keyof typeof KIND]

/** The part of an entry that all its names share. */
export interface InodeFields {
  readonly kind: Kind
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly mtime: number
  readonly size: number
  /** Of a link, the place of its target among the texts; of a device, major * 2 ** 20 + minor; of a file, see `InodeTable.machine`. */
  readonly detail: number
  readonly xattrs: Xattrs
}

const MODE_BITS = 12
const MOST_MODE = 0o7777

/** Everything about the files, folders and so on of a tree but their names: 10 to 20 bytes for each, and the digest. */
export class InodeTable {
  #count = 0
  /** kind * 2 ** 12 + mode. */
  readonly #kindAndMode = new NumberColumn((length) => new Uint16Array(length))
  readonly #uid = new NumberColumn((length) => new Uint32Array(length))
  readonly #gid = new NumberColumn((length) => new Uint32Array(length))
  readonly #mtime = new WideColumn()
  readonly #size = new WideColumn()
  readonly #detail = new NumberColumn((length) => new Uint32Array(length))
  readonly #digest: DigestColumn
  readonly #xattrs = new Map<number, Xattrs>()

  /** @param openScratch  For digests; without one they are all kept in memory. */
  constructor(openScratch?: () => ScratchFile) {
    this.#digest = new DigestColumn(openScratch)
  }

  /** Inodes are numbered from 0. */
  get count(): number {
    return this.#count
  }

  add(fields: InodeFields): number {
    const inode = this.#count++
    this.#kindAndMode.set(inode, (fields.kind << MODE_BITS) | fields.mode)
    this.#uid.set(inode, fields.uid)
    this.#gid.set(inode, fields.gid)
    this.#mtime.set(inode, fields.mtime)
    this.#size.set(inode, fields.size)
    this.#detail.set(inode, fields.detail)
    if (fields.xattrs.size > 0) this.#xattrs.set(inode, fields.xattrs)
    return inode
  }

  /** How many inodes of files come before this one. Each body in the layers has one, in the order of the layers. */
  filesBefore(inode: number): number {
    let files = 0
    for (let index = 0; index < inode; index++) if (this.kind(index) === KIND.file) files++
    return files
  }

  /** The first inode from `start` on that is a file's, or `count`. */
  nextFile(start: number): number {
    let inode = start
    while (inode < this.#count && this.kind(inode) !== KIND.file) inode++
    return inode
  }

  kind(inode: number): Kind {
    return (this.#kindAndMode.get(inode) >>> MODE_BITS) as Kind
  }

  size(inode: number): number {
    return this.#size.get(inode)
  }

  detail(inode: number): number {
    return this.#detail.get(inode)
  }

  fields(inode: number): InodeFields {
    return {
      kind: this.kind(inode),
      mode: this.#kindAndMode.get(inode) & MOST_MODE,
      uid: this.#uid.get(inode),
      gid: this.#gid.get(inode),
      mtime: this.#mtime.get(inode),
      size: this.#size.get(inode),
      detail: this.#detail.get(inode),
      xattrs: this.#xattrs.get(inode) ?? NO_XATTRS,
    }
  }

  /** The 32 bytes of a file's sha256, as a view that is valid until the next is asked for. */
  digest(inode: number): Buffer {
    return this.#digest.get(inode)
  }

  /** In the order of the inodes. */
  setDigest(inode: number, digest: Uint8Array): void {
    this.#digest.set(inode, digest)
  }

  /** The machine that an executable is for, as `elfMachine` says it; 0 for any other file. */
  machine(inode: number): number {
    return this.#detail.get(inode)
  }

  setMachine(inode: number, machine: number): void {
    this.#detail.set(inode, machine)
  }
}
