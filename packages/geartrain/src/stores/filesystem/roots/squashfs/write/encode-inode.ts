import { NO_ATTRIBUTES } from "./attribute-table.ts"
import { type EntryRecord, type HARD_LINK, type InodeHead, type PackedBody, TYPE } from "./entry-record.ts"
import type { ListingPlace } from "./folder-listing.ts"

/** Whatever is no folder, and has no other name's inode. */
export type OwnInode = Exclude<EntryRecord, { readonly type: typeof HARD_LINK | typeof TYPE.folder }>

/** What an inode has that its entry does not tell. */
export interface InodeNumbers {
  readonly number: number
  /** How many names lead to it. */
  readonly names: number
}

/** A folder, when all that is in it has been written. */
export interface FolderInode {
  readonly number: number
  /** Number of the folder that it is in; of the root's, one more than there are inodes. */
  readonly parent: number
  readonly subfolders: number
  readonly listing: ListingPlace
}

const HEAD_BYTES = 16
/** Types of the longer form come so many later. */
const LONG = 7
const MOST_SHORT = 0xffff_ffff
const MOST_SHORT_LISTING = 0xffff
/** A listing's size counts `.` and `..`, which are not there, with three bytes. */
const DOTS = 3

/**
 * An inode of anything but a folder: in the short form of the format where that can hold it.
 *
 * @see Linux, fs/squashfs/squashfs_fs.h: struct squashfs_base_inode and those after it
 */
export function encodeInode(record: OwnInode, { number, names }: InodeNumbers): Buffer {
  switch (record.type) {
    case TYPE.file:
      return Buffer.concat([...fileOf(record, record.body, { number, names }), record.body.blockWords])
    case TYPE.link: {
      const target = Buffer.concat([words(names, record.target.length), record.target])
      return withAttributes(record, number, target)
    }
    case TYPE["block-device"]:
    case TYPE["character-device"]:
      return withAttributes(record, number, words(names, deviceNumber(record.major, record.minor)))
    default:
      return withAttributes(record, number, words(names))
  }
}

/** An inode of a folder. */
export function encodeFolderInode(head: InodeHead, folder: FolderInode): Buffer {
  const { number, parent, subfolders, listing } = folder
  const names = 2 + subfolders
  const sizeBytes = listing.sizeBytes + DOTS
  const isShort = head.xattrIndex === NO_ATTRIBUTES && listing.indexCount === 0 && sizeBytes <= MOST_SHORT_LISTING
  if (isShort) {
    const rest = Buffer.alloc(16)
    rest.writeUInt32LE(listing.place.block, 0)
    rest.writeUInt32LE(names, 4)
    rest.writeUInt16LE(sizeBytes, 8)
    rest.writeUInt16LE(listing.place.offset, 10)
    rest.writeUInt32LE(parent, 12)
    return Buffer.concat([headOf(head, number, head.type), rest])
  }
  const rest = Buffer.alloc(24)
  rest.writeUInt32LE(names, 0)
  rest.writeUInt32LE(sizeBytes, 4)
  rest.writeUInt32LE(listing.place.block, 8)
  rest.writeUInt32LE(parent, 12)
  rest.writeUInt16LE(listing.indexCount, 16)
  rest.writeUInt16LE(listing.place.offset, 18)
  rest.writeUInt32LE(head.xattrIndex, 20)
  return Buffer.concat([headOf(head, number, head.type + LONG), rest, listing.index])
}

function fileOf(head: InodeHead, body: PackedBody, { number, names }: InodeNumbers): readonly Buffer[] {
  const isShort =
    head.xattrIndex === NO_ATTRIBUTES &&
    names === 1 &&
    body.holeBytes === 0 &&
    body.start <= MOST_SHORT &&
    body.sizeBytes <= MOST_SHORT
  if (isShort) {
    const rest = words(body.start, body.tailBlock, body.tailOffset, body.sizeBytes)
    return [headOf(head, number, head.type), rest]
  }
  const rest = Buffer.alloc(40)
  rest.writeBigUInt64LE(BigInt(body.start), 0)
  rest.writeBigUInt64LE(BigInt(body.sizeBytes), 8)
  rest.writeBigUInt64LE(BigInt(body.holeBytes), 16)
  rest.writeUInt32LE(names, 24)
  rest.writeUInt32LE(body.tailBlock, 28)
  rest.writeUInt32LE(body.tailOffset, 32)
  rest.writeUInt32LE(head.xattrIndex, 36)
  return [headOf(head, number, head.type + LONG), rest]
}

/** The long form of what has no more to it than attributes: they are named at its end. */
function withAttributes(head: InodeHead, number: number, rest: Buffer): Buffer {
  if (head.xattrIndex === NO_ATTRIBUTES) return Buffer.concat([headOf(head, number, head.type), rest])
  return Buffer.concat([headOf(head, number, head.type + LONG), rest, words(head.xattrIndex)])
}

function headOf(head: InodeHead, number: number, type: number): Buffer {
  const bytes = Buffer.alloc(HEAD_BYTES)
  bytes.writeUInt16LE(type, 0)
  bytes.writeUInt16LE(head.mode, 2)
  bytes.writeUInt16LE(head.uidIndex, 4)
  bytes.writeUInt16LE(head.gidIndex, 6)
  bytes.writeUInt32LE(head.mtime, 8)
  bytes.writeUInt32LE(number, 12)
  return bytes
}

/** As Linux packs the two into 32 bits. @see Linux, include/linux/kdev_t.h, new_encode_dev */
function deviceNumber(major: number, minor: number): number {
  return ((minor & 0xff) | ((major & 0xfff) << 8) | ((minor & 0xfff00) << 12)) >>> 0
}

function words(...numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(numbers.length * 4)
  for (const [index, number] of numbers.entries()) bytes.writeUInt32LE(number, index * 4)
  return bytes
}
