/** What the first 96 bytes of a squashfs say, as far as a reader needs it. Positions are bytes from the beginning. */
export interface Superblock {
  /** Unpacked bytes of a full data block. */
  readonly blockBytes: number
  readonly fragmentCount: number
  readonly idCount: number
  readonly rootInode: InodePlace
  /** Bytes of the whole; what follows in the file is none of it. */
  readonly usedBytes: number
  readonly idTable: number
  /** Absent: nothing in it has extended attributes. */
  readonly xattrTable?: number
  readonly inodeTable: number
  readonly folderTable: number
  readonly fragmentTable: number
}

/** Where an inode is: the packed metadata block counted from the table's beginning, and the byte in it once it is unpacked. */
export interface InodePlace {
  readonly block: number
  readonly offset: number
}

export const SUPERBLOCK_BYTES = 96

export const MAGIC = 0x73717368
export const ZSTD = 6
/** What the format allows. A block longer than a frame of a bundle is none that we write. */
const MOST_BLOCK_BYTES = 1024 * 1024
const LEAST_BLOCK_BYTES = 4096
const ABSENT = 0xffff_ffff_ffff_ffffn

/**
 * Reads the superblock.
 *
 * @returns undefined for whatever is no squashfs 4.0 that was packed with zstd.
 * @see Linux, Documentation/filesystems/squashfs.rst and fs/squashfs/squashfs_fs.h, struct squashfs_super_block
 */
export function readSuperblock(bytes: Buffer): Superblock | undefined {
  if (bytes.length < SUPERBLOCK_BYTES || bytes.readUInt32LE(0) !== MAGIC) return undefined
  const blockBytes = bytes.readUInt32LE(12)
  const isOurs = bytes.readUInt16LE(20) === ZSTD && bytes.readUInt16LE(28) === 4 && bytes.readUInt16LE(30) === 0
  const isBlock =
    blockBytes >= LEAST_BLOCK_BYTES && blockBytes <= MOST_BLOCK_BYTES && 2 ** bytes.readUInt16LE(22) === blockBytes
  if (!isOurs || !isBlock) return undefined
  const position = (offset: number): number => Number(bytes.readBigUInt64LE(offset))
  return {
    blockBytes,
    fragmentCount: bytes.readUInt32LE(16),
    idCount: bytes.readUInt16LE(26),
    rootInode: inodePlace(bytes.readBigUInt64LE(32)),
    usedBytes: position(40),
    idTable: position(48),
    ...(bytes.readBigUInt64LE(56) === ABSENT ? {} : { xattrTable: position(56) }),
    inodeTable: position(64),
    folderTable: position(72),
    fragmentTable: position(80),
  }
}

/** A place of 48 bits and 16 bits, as the format puts it into one number. */
export function inodePlace(reference: bigint): InodePlace {
  return { block: Number(reference >> 16n), offset: Number(reference & 0xffffn) }
}
