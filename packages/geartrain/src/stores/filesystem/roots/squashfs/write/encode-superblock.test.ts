import assert from "node:assert/strict"
import { test } from "node:test"
import { readSuperblock, SUPERBLOCK_BYTES } from "../superblock.ts"
import { encodeSuperblock } from "./encode-superblock.ts"

const TABLES = {
  root: { block: 2 ** 40 + 1, offset: 8191 },
  inodeCount: 0xffff_ffff,
  tailBlocks: 77,
  idCount: 65_535,
  usedBytes: 2 ** 45 + 5,
  idTable: 5001,
  inodeTable: 5002,
  folderTable: 5003,
  tailTable: 5004,
}

test("what was written is read, up to the most that the format holds", () => {
  const bytes = encodeSuperblock({ ...TABLES, xattrTable: 5005 })
  assert.equal(bytes.length, SUPERBLOCK_BYTES)
  assert.deepEqual(readSuperblock(bytes), {
    ...{ blockBytes: 131_072, fragmentCount: 77, idCount: 65_535, rootInode: TABLES.root, usedBytes: 2 ** 45 + 5 },
    ...{ idTable: 5001, xattrTable: 5005, inodeTable: 5002, folderTable: 5003, fragmentTable: 5004 },
  })
})

test("without attributes the image says that there are none, and has no table of them", () => {
  const [without, withThem] = [encodeSuperblock(TABLES), encodeSuperblock({ ...TABLES, xattrTable: 1 })]
  const read = readSuperblock(without)
  assert.ok(read !== undefined && !("xattrTable" in read))
  assert.equal(without.readUInt16LE(24), 0x0200)
  assert.equal(withThem.readUInt16LE(24), 0)
})

/** @see Linux, fs/squashfs/squashfs_fs.h, struct squashfs_super_block */
test("what no reader of ours looks at is as the kernel wants it", () => {
  const bytes = encodeSuperblock(TABLES)
  assert.equal(bytes.toString("latin1", 0, 4), "hsqs")
  assert.equal(bytes.readUInt32LE(4), 0xffff_ffff, "inodes")
  assert.equal(bytes.readUInt32LE(8), 0, "no time")
  assert.equal(bytes.readUInt16LE(20), 6, "zstd")
  assert.equal(2 ** bytes.readUInt16LE(22), bytes.readUInt32LE(12), "block size and its logarithm")
  assert.deepEqual([bytes.readUInt16LE(28), bytes.readUInt16LE(30)], [4, 0], "version")
  assert.equal(bytes.readBigUInt64LE(88), 2n ** 64n - 1n, "no table of inodes for NFS")
})

test("more than the format counts is refused, not cut", () => {
  assert.throws(() => encodeSuperblock({ ...TABLES, idCount: 65_536 }), RangeError)
  assert.throws(() => encodeSuperblock({ ...TABLES, inodeCount: 2 ** 32 }), RangeError)
})
