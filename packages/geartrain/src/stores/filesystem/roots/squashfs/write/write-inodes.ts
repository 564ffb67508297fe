import type { InodePlace } from "../superblock.ts"
import { encodeFolderInode, encodeInode, type OwnInode } from "./encode-inode.ts"
import { decodeRecord, HARD_LINK, type InodeHead, TYPE } from "./entry-record.ts"
import { FolderListing } from "./folder-listing.ts"
import type { LinkedFiles } from "./linked-files.ts"
import type { MetadataWriter } from "./metadata-writer.ts"
import { pathOfKey } from "./path-key.ts"
import type { SortedRecord } from "./sorting/spilling-sorter.ts"

/** Where the two tables of a tree are written. */
export interface TreeTables {
  readonly inodes: MetadataWriter
  readonly listings: MetadataWriter
  /** Answers when there is room for more. */
  readonly room: () => Promise<void>
}

export interface WrittenTree {
  readonly root: InodePlace
  readonly inodeCount: number
}

/** Others get their turn after so many entries. */
const ENTRIES_AT_ONCE = 1024

/**
 * Writes the inodes and the listings of a tree: what is in a folder before the folder, since it names where that is.
 *
 * @param entries  Gives them, the root first, in the order of `pathKey`; asked for twice when files have several names.
 * @throws {RangeError} for entries that are no tree
 */
export async function writeInodes(
  entries: () => Iterable<SortedRecord>,
  linked: LinkedFiles,
  tables: TreeTables,
): Promise<WrittenTree> {
  const writer = new TreeWriter(linked, tables)
  if (linked.size > 0) await inTurns(entries(), tables, (entry) => writer.linkedFile(entry))
  await inTurns(entries(), tables, (entry) => writer.entry(entry))
  return writer.end()
}

async function inTurns(
  entries: Iterable<SortedRecord>,
  tables: TreeTables,
  each: (entry: SortedRecord) => Promise<void>,
): Promise<void> {
  let count = 0
  for (const entry of entries) {
    await each(entry)
    count += 1
    if (count % ENTRIES_AT_ONCE !== 0) continue
    await new Promise(setImmediate)
    await tables.room()
  }
}

interface OpenFolder {
  readonly key: Buffer
  readonly head: InodeHead
  readonly number: number
  readonly listing: FolderListing
  subfolders: number
}

class TreeWriter {
  readonly #linked: LinkedFiles
  readonly #tables: TreeTables
  /** The root, and each in the one before it. */
  readonly #open: OpenFolder[] = []
  #inodes = 0
  #root: InodePlace | undefined
  #last: Buffer | undefined

  constructor(linked: LinkedFiles, tables: TreeTables) {
    this.#linked = linked
    this.#tables = tables
  }

  /** Writes the inode of a file that has several names, before any of the folders that they are in. */
  async linkedFile({ key, value }: SortedRecord): Promise<void> {
    const names = 1 + this.#linked.further(key)
    if (names === 1) return
    const record = decodeRecord(value)
    if (record.type === HARD_LINK) throw wrong(key, "is another name of another name")
    if (record.type === TYPE.folder) throw wrong(key, "is a folder with two names")
    this.#linked.written(key, { type: record.type, ...(await this.#own(record, names)) })
  }

  async entry({ key, value }: SortedRecord): Promise<void> {
    if (this.#last?.equals(key) === true) throw wrong(key, "is in it twice")
    this.#last = Buffer.from(key)
    const folder = await this.#folderOf(key)
    const record = decodeRecord(value)
    if (record.type === TYPE.folder) {
      const number = this.#number()
      this.#open.push({ key: this.#last, head: record, number, listing: new FolderListing(), subfolders: 0 })
      return
    }
    if (folder === undefined) throw wrong(key, "is no folder")
    const name = key.subarray(startOfName(folder.key))
    const inode = this.#linked.inode(record.type === HARD_LINK ? record.key : key)
    if (inode !== undefined) folder.listing.add({ name, ...inode })
    else if (record.type === HARD_LINK) throw wrong(key, "is another name of a file that is not there")
    else folder.listing.add({ name, type: record.type, ...(await this.#own(record, 1)) })
  }

  async end(): Promise<WrittenTree> {
    while (this.#open.length > 0) await this.#close()
    if (this.#root === undefined) throw new RangeError("it has no root")
    return { root: this.#root, inodeCount: this.#inodes }
  }

  /** The folder that something is in; undefined for the root. Folders that it is not in have all that they are to have. */
  async #folderOf(key: Buffer): Promise<OpenFolder | undefined> {
    if (key.length === 0) return undefined
    let folder = this.#open.at(-1)
    while (folder !== undefined && !isIn(key, folder.key)) {
      await this.#close()
      folder = this.#open.at(-1)
    }
    if (folder === undefined || key.indexOf(0, startOfName(folder.key)) >= 0) throw wrong(key, "is in no folder")
    return folder
  }

  async #close(): Promise<void> {
    const folder = this.#open.pop()
    if (folder === undefined) return
    const { key, head, number, subfolders } = folder
    const above = this.#open.at(-1)
    const listing = await folder.listing.write(this.#tables.listings)
    // All others have their numbers when the root is closed.
    const parent = above?.number ?? this.#inodes + 1
    const place = await this.#write(encodeFolderInode(head, { number, parent, subfolders, listing }))
    if (above === undefined) this.#root = place
    else {
      above.subfolders += 1
      above.listing.add({ name: key.subarray(startOfName(above.key)), type: TYPE.folder, number, place })
    }
  }

  async #own(record: OwnInode, names: number): Promise<{ readonly number: number; readonly place: InodePlace }> {
    const number = this.#number()
    return { number, place: await this.#write(encodeInode(record, { number, names })) }
  }

  async #write(inode: Buffer): Promise<InodePlace> {
    const { place } = this.#tables.inodes
    this.#tables.inodes.write(inode)
    await this.#tables.inodes.room()
    return place
  }

  #number(): number {
    this.#inodes += 1
    return this.#inodes
  }
}

function isIn(key: Buffer, folder: Buffer): boolean {
  return (
    folder.length === 0 || (key[folder.length] === 0 && key.compare(folder, 0, folder.length, 0, folder.length) === 0)
  )
}

/** Where names begin in the keys of what is in a folder. */
function startOfName(folder: Buffer): number {
  return folder.length === 0 ? 0 : folder.length + 1
}

function wrong(key: Buffer, what: string): RangeError {
  return new RangeError(`its entry ${JSON.stringify(pathOfKey(key))} ${what}`)
}
