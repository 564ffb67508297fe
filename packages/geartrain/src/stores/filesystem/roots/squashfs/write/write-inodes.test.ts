import assert from "node:assert/strict"
import { type TestContext, test } from "node:test"
import { scratchImage } from "../../../../../../test/stores/scratch-image.ts"
import { readEntries } from "../folder-entries.ts"
import { type Inode, readInode } from "../inode.ts"
import type { Metadata } from "../metadata.ts"
import type { InodePlace } from "../superblock.ts"
import { NO_ATTRIBUTES } from "./attribute-table.ts"
import { type EntryRecord, encodeRecord, HARD_LINK, TYPE } from "./entry-record.ts"
import { LinkedFiles } from "./linked-files.ts"
import { MetadataWriter } from "./metadata-writer.ts"
import { pathKey } from "./path-key.ts"
import { writeInodes } from "./write-inodes.ts"

const HEAD = { mode: 0o755, uidIndex: 0, gidIndex: 0, mtime: 5, xattrIndex: NO_ATTRIBUTES }
const FOLDER: EntryRecord = { ...HEAD, type: TYPE.folder }
const PIPE: EntryRecord = { ...HEAD, type: TYPE.fifo }

function otherName(path: string): EntryRecord {
  return { type: HARD_LINK, key: pathKey(path) }
}

interface ReadInodes {
  readonly inodeCount: number
  /** By path; the root's is empty. */
  readonly inodes: ReadonlyMap<string, Inode & { readonly parent?: number }>
}

async function readBack(tree: Readonly<Record<string, EntryRecord>>, context: TestContext): Promise<ReadInodes> {
  const [inodeImage, listingImage] = [await scratchImage(context), await scratchImage(context)]
  const inodes = new MetadataWriter((bytes) => inodeImage.output.push(bytes))
  const listings = new MetadataWriter((bytes) => listingImage.output.push(bytes))
  const linked = new LinkedFiles()
  for (const record of Object.values(tree)) if (record.type === HARD_LINK) linked.note(record.key)
  const entries = Object.entries(tree)
    .map(([path, record]) => ({ key: pathKey(path), value: encodeRecord(record) }))
    .sort((a, b) => Buffer.compare(a.key, b.key))
  const room = async (): Promise<void> => undefined
  const { root, inodeCount } = await writeInodes(() => entries, linked, { inodes, listings, room })
  await inodes.end()
  await listings.end()
  const [from, names] = [await inodeImage.metadata(), await listingImage.metadata()]
  const found = new Map<string, Inode & { readonly parent?: number }>()
  walk("", root)
  return { inodeCount, inodes: found }

  function walk(path: string, place: InodePlace): void {
    const inode = readInode(from.at(place.block, place.offset))
    found.set(path, inode.folder === undefined ? inode : { ...inode, parent: parentOf(from, place) })
    if (inode.folder === undefined) return
    const cursor = names.at(inode.folder.block, inode.folder.offset)
    for (const { name, inode: next } of readEntries(cursor, inode.folder))
      walk(path === "" ? name : `${path}/${name}`, next)
  }
}

/** @see Linux, fs/squashfs/squashfs_fs.h: parent_inode of struct squashfs_dir_inode and squashfs_ldir_inode */
function parentOf(inodes: Metadata, { block, offset }: InodePlace): number {
  return inodes.at(block, offset).take(32).readUInt32LE(28)
}

test("each inode has a number of its own, and each folder names the one that it is in", async (context) => {
  const tree = {
    "": FOLDER,
    a: FOLDER,
    "a/b": FOLDER,
    "a/b/c": FOLDER,
    "a/b/c/d": PIPE,
    "a-b": PIPE,
    e: FOLDER,
    f: PIPE,
  }
  const { inodeCount, inodes } = await readBack(tree, context)
  assert.deepEqual([...inodes.keys()], Object.keys(tree))
  assert.deepEqual(
    [...inodes.values()].map(({ number }) => number).toSorted((a, b) => a - b),
    Object.keys(tree).map((_, index) => index + 1),
  )
  assert.equal(inodeCount, 8)
  for (const [path, above] of [
    ["a", ""],
    ["a/b", "a"],
    ["a/b/c", "a/b"],
    ["e", ""],
  ] as const)
    assert.equal(inodes.get(path)?.parent, inodes.get(above)?.number, path)
  assert.equal(inodes.get("")?.parent, 9, "the root is in none")
})

test("all names of a file have its one inode, in whichever folder they are", async (context) => {
  const tree = { "": FOLDER, a: FOLDER, "a/first": otherName("m"), m: PIPE, n: PIPE, z: otherName("m") }
  const { inodeCount, inodes } = await readBack(tree, context)
  assert.equal(inodeCount, 4)
  const file = inodes.get("m")
  assert.equal(file?.linkCount, 3)
  assert.deepEqual([inodes.get("a/first"), inodes.get("z")], [file, file])
  assert.equal(inodes.get("n")?.linkCount, 1)
})

test("a folder with much in it, far from its first, is read back whole", async (context) => {
  const tree: Record<string, EntryRecord> = { "": FOLDER, z: PIPE, "a/last": otherName("z"), a: FOLDER }
  for (let number = 0; number < 40_000; number++) tree[`a/${100_000 + number}`] = PIPE
  const { inodeCount, inodes } = await readBack(tree, context)
  assert.equal(inodes.size, 40_004)
  assert.equal(inodeCount, 40_003)
  assert.equal(inodes.get("a/last")?.number, inodes.get("z")?.number)
})

test("no entries, or none that is the root, are no tree", async (context) => {
  await assert.rejects(readBack({}, context), new RangeError("it has no root"))
  await assert.rejects(readBack({ a: PIPE }, context), new RangeError('its entry "a" is in no folder'))
})
