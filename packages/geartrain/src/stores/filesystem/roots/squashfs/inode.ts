import type { TarEntryType } from "../../../../packing/tar/tar-entry.ts"
import type { MetadataCursor } from "./metadata.ts"
import { decodePlainText } from "./plain-text.ts"

/** An inode, as its record has it. */
export interface Inode {
  readonly type: Exclude<TarEntryType, "hard-link"> | "socket"
  /** Of its own; the names of one file share it. */
  readonly number: number
  readonly mode: number
  /** Numbers of records of the id table. */
  readonly uidIndex: number
  readonly gidIndex: number
  readonly mtime: number
  readonly linkCount: number
  /** Number of a record of the table of attributes; absent where there are none. */
  readonly xattrIndex?: number
  readonly target: string
  readonly major: number
  readonly minor: number
  readonly folder?: FolderPlace
  readonly file?: FilePlace
}

/** Where the entries of a folder are. */
export interface FolderPlace {
  readonly block: number
  readonly offset: number
  readonly sizeBytes: number
}

/** Where the bytes of a file are. */
export interface FilePlace {
  readonly sizeBytes: number
  readonly start: number
  /** What is left after the full blocks lies in a block that files share. */
  readonly tail?: { readonly index: number; readonly offset: number }
  /** Reads the packed size of each block, 32 bits each. */
  readonly sizes: MetadataCursor
}

const NONE = 0xffff_ffff
/** As long as a target can be: PATH_MAX, with room. */
const MOST_TARGET_BYTES = 65_536

type Rest = Partial<Omit<Inode, "number" | "mode" | "uidIndex" | "gidIndex" | "mtime">>

/**
 * Reads an inode.
 *
 * @throws {RangeError} for what is none
 * @see Linux, fs/squashfs/squashfs_fs.h: struct squashfs_base_inode and those after it
 */
export function readInode(cursor: MetadataCursor): Inode {
  const head = cursor.take(16)
  const kind = KINDS[head.readUInt16LE(0)]
  if (kind === undefined) throw new RangeError(`it has an inode of type ${head.readUInt16LE(0)}`)
  return {
    type: kind.type,
    mode: head.readUInt16LE(2) & 0o7777,
    uidIndex: head.readUInt16LE(4),
    gidIndex: head.readUInt16LE(6),
    mtime: head.readUInt32LE(8),
    number: head.readUInt32LE(12),
    linkCount: 1,
    target: "",
    major: 0,
    minor: 0,
    ...kind.read(cursor),
  }
}

interface Kind {
  readonly type: Inode["type"]
  readonly read: (cursor: MetadataCursor) => Rest
}

const KINDS: readonly (Kind | undefined)[] = [
  undefined,
  { type: "folder", read: folder },
  { type: "file", read: file },
  { type: "link", read: (cursor) => link(cursor, false) },
  { type: "block-device", read: (cursor) => device(cursor, false) },
  { type: "character-device", read: (cursor) => device(cursor, false) },
  { type: "fifo", read: (cursor) => channel(cursor, false) },
  { type: "socket", read: (cursor) => channel(cursor, false) },
  { type: "folder", read: largeFolder },
  { type: "file", read: largeFile },
  { type: "link", read: (cursor) => link(cursor, true) },
  { type: "block-device", read: (cursor) => device(cursor, true) },
  { type: "character-device", read: (cursor) => device(cursor, true) },
  { type: "fifo", read: (cursor) => channel(cursor, true) },
  { type: "socket", read: (cursor) => channel(cursor, true) },
]

function folder(cursor: MetadataCursor): Rest {
  const bytes = cursor.take(16)
  const place = { block: bytes.readUInt32LE(0), offset: bytes.readUInt16LE(10) }
  return { folder: { ...place, sizeBytes: listingBytes(bytes.readUInt16LE(8)) } }
}

function largeFolder(cursor: MetadataCursor): Rest {
  const bytes = cursor.take(24)
  const place = { block: bytes.readUInt32LE(8), offset: bytes.readUInt16LE(18) }
  return { folder: { ...place, sizeBytes: listingBytes(bytes.readUInt32LE(4)) }, ...xattrs(bytes.readUInt32LE(20)) }
}

/** The size counts three bytes for `.` and `..`, which are not there. */
function listingBytes(size: number): number {
  return Math.max(0, size - 3)
}

function file(cursor: MetadataCursor): Rest {
  const bytes = cursor.take(16)
  const place = { start: bytes.readUInt32LE(0), sizeBytes: bytes.readUInt32LE(12) }
  return { file: { ...place, ...tail(bytes, 4), sizes: cursor } }
}

function largeFile(cursor: MetadataCursor): Rest {
  const bytes = cursor.take(40)
  const place = { start: Number(bytes.readBigUInt64LE(0)), sizeBytes: Number(bytes.readBigUInt64LE(8)) }
  return {
    linkCount: bytes.readUInt32LE(24),
    file: { ...place, ...tail(bytes, 28), sizes: cursor },
    ...xattrs(bytes.readUInt32LE(36)),
  }
}

function tail(bytes: Buffer, offset: number): Pick<FilePlace, "tail"> {
  const index = bytes.readUInt32LE(offset)
  return index === NONE ? {} : { tail: { index, offset: bytes.readUInt32LE(offset + 4) } }
}

function link(cursor: MetadataCursor, isLarge: boolean): Rest {
  const bytes = cursor.take(8)
  const length = bytes.readUInt32LE(4)
  if (length === 0 || length > MOST_TARGET_BYTES) throw new RangeError(`it has a link with a target of ${length} bytes`)
  const target = decodePlainText(cursor.take(length))
  return {
    linkCount: bytes.readUInt32LE(0),
    target,
    ...(isLarge ? xattrs(cursor.take(4).readUInt32LE(0)) : {}),
  }
}

function device(cursor: MetadataCursor, isLarge: boolean): Rest {
  const bytes = cursor.take(isLarge ? 12 : 8)
  const number = bytes.readUInt32LE(4)
  // As Linux packs the two into 32 bits. @see Linux, include/linux/kdev_t.h, new_decode_dev
  const major = (number >>> 8) & 0xfff
  const minor = (number & 0xff) | ((number >>> 12) & 0xfff00)
  return { linkCount: bytes.readUInt32LE(0), major, minor, ...(isLarge ? xattrs(bytes.readUInt32LE(8)) : {}) }
}

function channel(cursor: MetadataCursor, isLarge: boolean): Rest {
  const bytes = cursor.take(isLarge ? 8 : 4)
  return { linkCount: bytes.readUInt32LE(0), ...(isLarge ? xattrs(bytes.readUInt32LE(4)) : {}) }
}

function xattrs(index: number): Pick<Inode, "xattrIndex"> {
  return index === NONE ? {} : { xattrIndex: index }
}
