import { MAGIC, SUPERBLOCK_BYTES, ZSTD } from "../superblock.ts"
import { BLOCK_BYTES } from "./block-output.ts"
import type { WrittenTree } from "./write-inodes.ts"

/** What the first 96 bytes of an image say. Positions are bytes from the beginning. */
export interface ImageTables extends WrittenTree {
  readonly tailBlocks: number
  readonly idCount: number
  readonly usedBytes: number
  readonly idTable: number
  /** Absent: nothing in it has extended attributes. */
  readonly xattrTable?: number
  readonly inodeTable: number
  readonly folderTable: number
  readonly tailTable: number
}

const ABSENT = 0xffff_ffff_ffff_ffffn
const NO_XATTRS = 0x0200

/**
 * The superblock of squashfs 4.0. It says no time: the same tree is the same bytes.
 *
 * @see Linux, fs/squashfs/squashfs_fs.h, struct squashfs_super_block
 */
export function encodeSuperblock(tables: ImageTables): Buffer {
  const { root, xattrTable } = tables
  const bytes = Buffer.alloc(SUPERBLOCK_BYTES)
  bytes.writeUInt32LE(MAGIC, 0)
  bytes.writeUInt32LE(tables.inodeCount, 4)
  bytes.writeUInt32LE(BLOCK_BYTES, 12)
  bytes.writeUInt32LE(tables.tailBlocks, 16)
  bytes.writeUInt16LE(ZSTD, 20)
  bytes.writeUInt16LE(Math.log2(BLOCK_BYTES), 22)
  bytes.writeUInt16LE(xattrTable === undefined ? NO_XATTRS : 0, 24)
  bytes.writeUInt16LE(tables.idCount, 26)
  bytes.writeUInt16LE(4, 28)
  bytes.writeBigUInt64LE((BigInt(root.block) << 16n) | BigInt(root.offset), 32)
  const { usedBytes, idTable, inodeTable, folderTable, tailTable } = tables
  const positions = [usedBytes, idTable, xattrTable, inodeTable, folderTable, tailTable, undefined]
  for (const [index, position] of positions.entries())
    bytes.writeBigUInt64LE(position === undefined ? ABSENT : BigInt(position), 40 + index * 8)
  return bytes
}
