import { NO_ATTRIBUTES } from "./attribute-table.ts"

/** Type of an inode, as folders name it. @see Linux, fs/squashfs/squashfs_fs.h, SQUASHFS_DIR_TYPE and those after it */
export const TYPE = { folder: 1, file: 2, link: 3, "block-device": 4, "character-device": 5, fifo: 6 } as const
export type InodeType = (typeof TYPE)[keyof typeof TYPE]

/** Stands for a file whose bytes are all in blocks of its own. */
export const NO_TAIL = 0xffff_ffff

/** Where a file's bytes are in the image. */
export interface PackedBody {
  readonly sizeBytes: number
  /** Of the first block. */
  readonly start: number
  /** Bytes of full blocks of zeros, which are not there. */
  readonly holeBytes: number
  /** Number of the shared block that holds the file's end, or `NO_TAIL`; and the byte in it, once it is unpacked. */
  readonly tailBlock: number
  readonly tailOffset: number
  /** Of each block, as inodes have them: 32 bits. */
  readonly blockWords: Buffer
}

/** What all inodes have. */
export interface InodeHead {
  readonly type: InodeType
  readonly mode: number
  readonly uidIndex: number
  readonly gidIndex: number
  /** Whole seconds since 1970, 0 to 2 ** 32 - 1. */
  readonly mtime: number
  /** `NO_ATTRIBUTES` for none. */
  readonly xattrIndex: number
}

/** All that an image keeps of an entry, but for its name and number. */
export type EntryRecord =
  | (InodeHead & { readonly type: typeof TYPE.file; readonly body: PackedBody })
  | (InodeHead & { readonly type: typeof TYPE.link; readonly target: Buffer })
  | (InodeHead & {
      readonly type: (typeof TYPE)["block-device" | "character-device"]
      readonly major: number
      readonly minor: number
    })
  | (InodeHead & { readonly type: typeof TYPE.folder | typeof TYPE.fifo })
  /** Another name of a file. */
  | { readonly type: typeof HARD_LINK; readonly key: Buffer }

/** No type of the format: the inode is the other name's. */
export const HARD_LINK = 0

const HEAD_BYTES = 15
const BODY_BYTES = 32
const NOTHING = Buffer.alloc(0)

/** As bytes, to be sorted and put aside: 50 to 60 for a file. */
export function encodeRecord(record: EntryRecord): Buffer {
  if (record.type === HARD_LINK) return Buffer.concat([Buffer.from([HARD_LINK]), record.key])
  const head = Buffer.alloc(HEAD_BYTES)
  head.writeUInt8(record.type, 0)
  head.writeUInt16LE(record.mode, 1)
  head.writeUInt16LE(record.uidIndex, 3)
  head.writeUInt16LE(record.gidIndex, 5)
  head.writeUInt32LE(record.mtime, 7)
  head.writeUInt32LE(record.xattrIndex, 11)
  return Buffer.concat([head, detailOf(record)])
}

/** @param bytes  As `encodeRecord` made them; what is answered may be a view of them. */
export function decodeRecord(bytes: Buffer): EntryRecord {
  const type = bytes.readUInt8(0) as InodeType | typeof HARD_LINK
  if (type === HARD_LINK) return { type, key: bytes.subarray(1) }
  const head = {
    mode: bytes.readUInt16LE(1),
    uidIndex: bytes.readUInt16LE(3),
    gidIndex: bytes.readUInt16LE(5),
    mtime: bytes.readUInt32LE(7),
    xattrIndex: bytes.readUInt32LE(11),
  }
  const detail = bytes.subarray(HEAD_BYTES)
  switch (type) {
    case TYPE.file:
      return { type, ...head, body: decodeBody(detail) }
    case TYPE.link:
      return { type, ...head, target: detail }
    case TYPE["block-device"]:
    case TYPE["character-device"]:
      return { type, ...head, major: detail.readUInt32LE(0), minor: detail.readUInt32LE(4) }
    default:
      return { type, ...head }
  }
}

function detailOf(record: Exclude<EntryRecord, { readonly type: typeof HARD_LINK }>): Buffer {
  switch (record.type) {
    case TYPE.file:
      return encodeBody(record.body)
    case TYPE.link:
      return record.target
    case TYPE["block-device"]:
    case TYPE["character-device"]: {
      const detail = Buffer.alloc(8)
      detail.writeUInt32LE(record.major, 0)
      detail.writeUInt32LE(record.minor, 4)
      return detail
    }
    default:
      return NOTHING
  }
}

function encodeBody(body: PackedBody): Buffer {
  const bytes = Buffer.alloc(BODY_BYTES)
  bytes.writeDoubleLE(body.sizeBytes, 0)
  bytes.writeDoubleLE(body.start, 8)
  bytes.writeDoubleLE(body.holeBytes, 16)
  bytes.writeUInt32LE(body.tailBlock, 24)
  bytes.writeUInt32LE(body.tailOffset, 28)
  return Buffer.concat([bytes, body.blockWords])
}

function decodeBody(bytes: Buffer): PackedBody {
  return {
    sizeBytes: bytes.readDoubleLE(0),
    start: bytes.readDoubleLE(8),
    holeBytes: bytes.readDoubleLE(16),
    tailBlock: bytes.readUInt32LE(24),
    tailOffset: bytes.readUInt32LE(28),
    blockWords: bytes.subarray(BODY_BYTES),
  }
}

/** The head of a folder that nothing is said of. */
export const PLAIN_FOLDER_HEAD: InodeHead = {
  type: TYPE.folder,
  mode: 0o755,
  uidIndex: 0,
  gidIndex: 0,
  mtime: 0,
  xattrIndex: NO_ATTRIBUTES,
}
