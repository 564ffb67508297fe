import assert from "node:assert/strict"
import { test } from "node:test"
import { inodePlace, readSuperblock, SUPERBLOCK_BYTES } from "./superblock.ts"

/** As mksquashfs writes it, with zstd and blocks of 128 KiB. */
function superblock(change: (bytes: Buffer) => void = () => undefined): Buffer {
  const bytes = Buffer.alloc(SUPERBLOCK_BYTES)
  bytes.writeUInt32LE(0x73717368, 0)
  bytes.writeUInt32LE(131_072, 12)
  bytes.writeUInt32LE(3, 16)
  bytes.writeUInt16LE(6, 20)
  bytes.writeUInt16LE(17, 22)
  bytes.writeUInt16LE(2, 26)
  bytes.writeUInt16LE(4, 28)
  bytes.writeBigUInt64LE((9n << 16n) | 5n, 32)
  for (const [index, at] of [40, 48, 56, 64, 72, 80].entries()) bytes.writeBigUInt64LE(BigInt(1000 + index), at)
  change(bytes)
  return bytes
}

test("a superblock is read with its places", () => {
  assert.deepEqual(readSuperblock(superblock()), {
    ...{ blockBytes: 131_072, fragmentCount: 3, idCount: 2, rootInode: { block: 9, offset: 5 } },
    ...{ usedBytes: 1000, idTable: 1001, xattrTable: 1002, inodeTable: 1003, folderTable: 1004, fragmentTable: 1005 },
  })
})

test("all ones stand for no table of attributes", () => {
  const read = readSuperblock(superblock((bytes) => bytes.fill(0xff, 56, 64)))
  assert.ok(read !== undefined && !("xattrTable" in read))
})

test("whatever is no squashfs 4.0 that was packed with zstd is none", () => {
  const changes: Readonly<Record<string, (bytes: Buffer) => void>> = {
    "another mark": (bytes) => bytes.writeUInt32LE(0x68737173, 0),
    "another compressor": (bytes) => bytes.writeUInt16LE(1, 20),
    "another version": (bytes) => bytes.writeUInt16LE(3, 28),
    "a minor version": (bytes) => bytes.writeUInt16LE(1, 30),
    "blocks that are no power of two": (bytes) => bytes.writeUInt32LE(131_073, 12),
    "blocks of another size than their power": (bytes) => bytes.writeUInt16LE(16, 22),
    "blocks of nothing": (bytes) => {
      bytes.writeUInt32LE(1, 12)
      bytes.writeUInt16LE(0, 22)
    },
    "blocks larger than the format allows": (bytes) => {
      bytes.writeUInt32LE(2 ** 21, 12)
      bytes.writeUInt16LE(21, 22)
    },
  }
  for (const [what, change] of Object.entries(changes))
    assert.equal(readSuperblock(superblock(change)), undefined, what)
  assert.equal(readSuperblock(superblock().subarray(0, SUPERBLOCK_BYTES - 1)), undefined)
  assert.equal(readSuperblock(Buffer.alloc(0)), undefined)
})

test("a place of an inode is read whole, as large as the format allows", () => {
  assert.deepEqual(inodePlace(0n), { block: 0, offset: 0 })
  assert.deepEqual(inodePlace((1n << 64n) - 1n), { block: 2 ** 48 - 1, offset: 0xffff })
})
