import assert from "node:assert/strict"
import { type TestContext, test } from "node:test"
import { scratchImage } from "../../../../../../test/stores/scratch-image.ts"
import { type Inode, readInode } from "../inode.ts"
import { NO_ATTRIBUTES } from "./attribute-table.ts"
import { encodeFolderInode, encodeInode, type OwnInode } from "./encode-inode.ts"
import { NO_TAIL, TYPE } from "./entry-record.ts"
import { MetadataWriter } from "./metadata-writer.ts"

const HEAD = { mode: 0o4751, uidIndex: 3, gidIndex: 65_534, mtime: 0xffff_fffe, xattrIndex: NO_ATTRIBUTES }
const READ_HEAD = { mode: 0o4751, uidIndex: 3, gidIndex: 65_534, mtime: 0xffff_fffe, number: 9 }
const BODY = {
  sizeBytes: 300_000,
  start: 96,
  holeBytes: 0,
  tailBlock: 4,
  tailOffset: 100,
  blockWords: Buffer.from("0100000002000001", "hex"),
}

/** Writes it where it goes over the edge of a metadata block, and reads it. */
async function readBack(inode: Buffer, context: TestContext): Promise<Inode> {
  const image = await scratchImage(context)
  const writer = new MetadataWriter((bytes) => image.output.push(bytes))
  writer.write(Buffer.alloc(8190))
  writer.write(inode)
  await writer.end()
  return readInode((await image.metadata()).at(0, 8190))
}

function typeOf(inode: Buffer): number {
  return inode.readUInt16LE(0)
}

test("a plain file has the short form, and is read back with its blocks", async (context) => {
  const inode = encodeInode({ ...HEAD, type: TYPE.file, body: BODY }, { number: 9, names: 1 })
  assert.equal(typeOf(inode), 2)
  const { file, ...rest } = await readBack(inode, context)
  assert.deepEqual(rest, { ...READ_HEAD, type: "file", linkCount: 1, target: "", major: 0, minor: 0 })
  assert.deepEqual([file?.sizeBytes, file?.start, file?.tail], [300_000, 96, { index: 4, offset: 100 }])
  assert.ok(file?.sizes.take(8).equals(BODY.blockWords))
})

const LONG_FILES: Readonly<
  Record<string, { readonly record: Partial<OwnInode & { body: typeof BODY }>; readonly names?: number }>
> = {
  "a second name": { record: {}, names: 2 },
  "a hole": { record: { body: { ...BODY, holeBytes: 131_072 } } },
  attributes: { record: { xattrIndex: 0 } },
  "a place after 4 GiB": { record: { body: { ...BODY, start: 2 ** 32 } } },
  "more than 4 GiB": { record: { body: { ...BODY, sizeBytes: 2 ** 32, tailBlock: NO_TAIL } } },
}
for (const [why, { record, names = 1 }] of Object.entries(LONG_FILES)) {
  test(`a file with ${why} has the long form`, async (context) => {
    const whole = { ...HEAD, body: BODY, ...record, type: TYPE.file }
    const inode = encodeInode(whole, { number: 9, names })
    assert.equal(typeOf(inode), 9)
    const { file, linkCount, xattrIndex = NO_ATTRIBUTES } = await readBack(inode, context)
    assert.deepEqual([linkCount, xattrIndex], [names, whole.xattrIndex])
    assert.deepEqual([file?.sizeBytes, file?.start], [whole.body.sizeBytes, whole.body.start])
    assert.equal(file?.tail?.index ?? NO_TAIL, whole.body.tailBlock)
    assert.equal(inode.readBigUInt64LE(32), BigInt(whole.body.holeBytes))
    assert.ok(file?.sizes.take(8).equals(BODY.blockWords))
  })
}

test("at the very edge the short form still holds a file", () => {
  const body = { ...BODY, start: 0xffff_ffff, sizeBytes: 0xffff_ffff }
  assert.equal(typeOf(encodeInode({ ...HEAD, type: TYPE.file, body }, { number: 9, names: 1 })), 2)
})

for (const xattrIndex of [NO_ATTRIBUTES, 0, 70_000]) {
  const long = xattrIndex === NO_ATTRIBUTES ? 0 : 7
  const read = { ...READ_HEAD, ...(long === 0 ? {} : { xattrIndex }), linkCount: 3, target: "", major: 0, minor: 0 }
  const head = { ...HEAD, xattrIndex }

  test(`a link, a pipe and devices are read back, with attributes ${long === 0 ? "absent" : xattrIndex}`, async (context) => {
    const target = "../ünï\n".repeat(100)
    const link = encodeInode({ ...head, type: TYPE.link, target: Buffer.from(target) }, { number: 9, names: 3 })
    assert.equal(typeOf(link), 3 + long)
    assert.deepEqual(await readBack(link, context), { ...read, type: "link", target })
    const pipe = encodeInode({ ...head, type: TYPE.fifo }, { number: 9, names: 3 })
    assert.equal(typeOf(pipe), 6 + long)
    assert.deepEqual(await readBack(pipe, context), { ...read, type: "fifo" })
    for (const type of ["block-device", "character-device"] as const)
      for (const [major, minor] of [
        [0, 0],
        [8, 1],
        [255, 255],
        [256, 256],
        [0xfff, 0xfffff],
      ] as const) {
        const device = encodeInode({ ...head, type: TYPE[type], major, minor }, { number: 9, names: 3 })
        assert.equal(typeOf(device), TYPE[type] + long)
        assert.deepEqual(await readBack(device, context), { ...read, type, major, minor })
      }
  })
}

const LISTING = {
  place: { block: 0xffff_fffe, offset: 8191 },
  sizeBytes: 65_532,
  index: Buffer.alloc(0),
  indexCount: 0,
}
const FOLDER = { number: 9, parent: 12, subfolders: 5, listing: LISTING }

test("a folder has the short form where that holds its listing", async (context) => {
  const inode = encodeFolderInode({ ...HEAD, type: TYPE.folder }, FOLDER)
  assert.equal(typeOf(inode), 1)
  assert.equal(inode.length, 32)
  assert.equal(inode.readUInt32LE(20), 7, "its own name, `.`, and `..` of each folder in it")
  assert.equal(inode.readUInt32LE(28), 12, "the folder that it is in")
  const { folder } = await readBack(inode, context)
  assert.deepEqual(folder, { block: 0xffff_fffe, offset: 8191, sizeBytes: 65_532 })
})

test("an empty folder counts the three bytes that every folder has", async (context) => {
  const listing = { ...LISTING, sizeBytes: 0 }
  const inode = encodeFolderInode({ ...HEAD, type: TYPE.folder }, { ...FOLDER, listing })
  assert.equal(inode.readUInt16LE(24), 3)
  assert.equal((await readBack(inode, context)).folder?.sizeBytes, 0)
})

test("a long listing, an index or attributes make the long form of a folder", async (context) => {
  const index = Buffer.from("an index as a listing made it")
  for (const [xattrIndex, listing] of [
    [NO_ATTRIBUTES, { ...LISTING, sizeBytes: 65_533 }],
    [NO_ATTRIBUTES, { ...LISTING, sizeBytes: 2_000_000, index, indexCount: 65_535 }],
    [4, LISTING],
  ] as const) {
    const inode = encodeFolderInode({ ...HEAD, type: TYPE.folder, xattrIndex }, { ...FOLDER, listing })
    assert.equal(typeOf(inode), 8)
    assert.equal(inode.readUInt32LE(16), 7, "names")
    assert.equal(inode.readUInt32LE(28), 12, "the folder that it is in")
    assert.equal(inode.readUInt16LE(32), listing.indexCount)
    assert.ok(inode.subarray(40).equals(listing.index))
    const read = await readBack(inode, context)
    assert.deepEqual(read.folder, { ...LISTING.place, sizeBytes: listing.sizeBytes })
    assert.equal(read.xattrIndex ?? NO_ATTRIBUTES, xattrIndex)
  }
})
