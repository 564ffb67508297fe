import { countsInTree } from "@geartrain/spec"
import type { PackedEntry } from "../../../../packing/tar/packed-piece.ts"
import { NO_XATTRS, type TarEntryType } from "../../../../packing/tar/tar-entry.ts"
import { type FileHandle, open } from "../../../../system/files.ts"
import { openAttributes, type ReadAttributes } from "./attributes.ts"
import { FileBodies } from "./file-body.ts"
import { type FolderEntry, readEntries } from "./folder-entries.ts"
import { type ImageFile, readImage } from "./image-file.ts"
import { type FolderPlace, type Inode, readInode } from "./inode.ts"
import { LookupTable } from "./lookup-table.ts"
import { Metadata } from "./metadata.ts"
import { type InodePlace, readSuperblock, SUPERBLOCK_BYTES, type Superblock } from "./superblock.ts"
import { TailBlocks } from "./tail-blocks.ts"

/** A squashfs that is open for its entries. */
export interface OpenSquashfs {
  /** In the order of a listing: the byte order of whole paths. Of the names of one file, all but the first are hard links. */
  entries(): Generator<PackedEntry, void>
  close(): Promise<void>
}

/**
 * Opens a squashfs so that its files can be read as they are packed.
 *
 * Reading it throws RangeError where it is not what a squashfs can be: it always ends, and holds some megabytes.
 *
 * @returns undefined for one of another version, or of another compressor than zstd
 */
export async function openSquashfs(path: string): Promise<OpenSquashfs | undefined> {
  const handle = await open(path, "r")
  let image: { readonly file: ImageFile; readonly superblock: Superblock } | undefined
  try {
    image = await readHead(handle)
  } finally {
    if (image === undefined) await handle.close()
  }
  if (image === undefined) return undefined
  const { file, superblock } = image
  return { entries: () => new Walk(file, superblock).entries(), close: () => handle.close() }
}

async function readHead(
  handle: FileHandle,
): Promise<{ readonly file: ImageFile; readonly superblock: Superblock } | undefined> {
  const sizeBytes = (await handle.stat()).size
  if (sizeBytes < SUPERBLOCK_BYTES) return undefined
  const superblock = readSuperblock(readImage({ handle, sizeBytes }, { position: 0, length: SUPERBLOCK_BYTES }))
  if (superblock === undefined) return undefined
  return { file: { handle, sizeBytes: Math.min(sizeBytes, superblock.usedBytes) }, superblock }
}

/** Deeper than any path that Linux opens. */
const MOST_DEPTH = 2048
const ID_BYTES = 4

interface OpenFolder {
  readonly path: string
  readonly entries: readonly FolderEntry[]
  next: number
  /** Folders that came by, and of which the inside has not. Each has the name of the one before at its beginning. */
  readonly passed: PassedFolder[]
}

interface PassedFolder {
  readonly name: string
  readonly number: number
  readonly place: FolderPlace
}

class Walk {
  readonly #superblock: Superblock
  readonly #metadata: Metadata
  readonly #ids: LookupTable
  /** Few owners have nearly all files. */
  readonly #idOf = new Map<number, number>()
  readonly #attributes: ReadAttributes | undefined
  readonly #bodies: FileBodies
  /** The first name of each file that has more, by inode. */
  readonly #names = new Map<number, string>()
  /** Folders that were entered: one that is there twice would be without end. */
  readonly #folders = new Set<number>()
  /** What the table of folders has at most, unpacked: so many bytes of entries are read, and no more. */
  #entryBytesLeft: number

  constructor(file: ImageFile, superblock: Superblock) {
    this.#superblock = superblock
    this.#metadata = new Metadata(file)
    const ids = { list: superblock.idTable, count: superblock.idCount, recordBytes: ID_BYTES }
    this.#ids = new LookupTable(file, this.#metadata, ids)
    const { xattrTable, blockBytes } = superblock
    this.#attributes = xattrTable === undefined ? undefined : openAttributes(file, this.#metadata, xattrTable)
    this.#bodies = new FileBodies(file, blockBytes, new TailBlocks(file, this.#metadata, superblock))
    this.#entryBytesLeft = mostUnpackedBytes(Math.max(0, file.sizeBytes - superblock.folderTable))
  }

  *entries(): Generator<PackedEntry, void> {
    const root = this.#inode(this.#superblock.rootInode)
    if (root.folder === undefined) throw new RangeError("its root is no folder")
    const open: OpenFolder[] = [this.#enter(root.number, root.folder, "")]
    for (let folder = open.at(-1); folder !== undefined; folder = open.at(-1)) {
      const entry = folder.entries[folder.next]
      const passed = folder.passed.at(-1)
      if (passed !== undefined && (entry === undefined || !isBeforeInside(entry.name, passed.name))) {
        folder.passed.pop()
        if (open.length >= MOST_DEPTH) throw new RangeError(`it has folders ${MOST_DEPTH} deep`)
        open.push(this.#enter(passed.number, passed.place, pathIn(folder, passed.name)))
        continue
      }
      if (entry === undefined) {
        open.pop()
        continue
      }
      folder.next++
      const inode = this.#inode(entry.inode)
      yield this.#entry(pathIn(folder, entry.name), inode)
      if (inode.folder === undefined) continue
      folder.passed.push({ name: entry.name, number: inode.number, place: inode.folder })
    }
  }

  #inode({ block, offset }: InodePlace): Inode {
    return readInode(this.#metadata.at(this.#superblock.inodeTable + block, offset))
  }

  #enter(number: number, folder: FolderPlace, path: string): OpenFolder {
    if (this.#folders.has(number)) throw new RangeError(`its folder ${JSON.stringify(path)} is in it twice`)
    this.#folders.add(number)
    this.#entryBytesLeft -= folder.sizeBytes
    if (this.#entryBytesLeft < 0) throw new RangeError(`its folder ${JSON.stringify(path)} has too many entries`)
    const cursor = this.#metadata.at(this.#superblock.folderTable + folder.block, folder.offset)
    return { path, entries: readEntries(cursor, folder), next: 0, passed: [] }
  }

  #entry(path: string, inode: Inode): PackedEntry {
    const { type, mode, mtime, file, target, major, minor } = inode
    if (type === "socket") throw new RangeError(`its file ${JSON.stringify(path)} is a socket`)
    const [uid, gid] = [this.#id(inode.uidIndex), this.#id(inode.gidIndex)]
    const first = this.#firstName(path, inode)
    const about = { path, mode, uid, gid, mtime }
    if (first !== undefined) {
      const link = { type: "hard-link" as TarEntryType, size: 0, target: first, major: 0, minor: 0, xattrs: NO_XATTRS }
      return { entry: { ...about, ...link }, body: noBody }
    }
    const xattrs = inode.xattrIndex === undefined ? NO_XATTRS : this.#attributes?.(inode.xattrIndex)
    if (xattrs === undefined) throw new RangeError("it has extended attributes, and no table of them")
    return {
      entry: { ...about, type, size: file?.sizeBytes ?? 0, target, major, minor, xattrs },
      body: file === undefined ? noBody : () => this.#bodies.read(file),
    }
  }

  /** @returns under which name the file came before. */
  #firstName(path: string, { type, number, linkCount }: Inode): string | undefined {
    // What a runtime owns is left out by whoever packs: a link to it would lead nowhere.
    if (type === "folder" || linkCount < 2 || !countsInTree({ path, type: "file" })) return undefined
    const first = this.#names.get(number)
    if (first === undefined) this.#names.set(number, path)
    return first
  }

  #id(index: number): number {
    const known = this.#idOf.get(index)
    if (known !== undefined) return known
    const id = this.#ids.record(index).readUInt32LE(0)
    this.#idOf.set(index, id)
    return id
  }
}

function pathIn({ path }: OpenFolder, name: string): string {
  return path === "" ? name : `${path}/${name}`
}

/** Whether a name that comes after a folder's stands before what is in it, as `a-b` stands before `a/b`. */
function isBeforeInside(name: string, folder: string): boolean {
  return name.startsWith(folder) && name.charCodeAt(folder.length) < 0x2f
}

/** A metadata block has three bytes at least, and unpacks to 8192 at most. */
function mostUnpackedBytes(packedBytes: number): number {
  return Math.ceil(packedBytes / 3) * 8192
}

function* noBody(): Generator<never, void> {
  // A folder, a link, a device or a pipe has none.
}
