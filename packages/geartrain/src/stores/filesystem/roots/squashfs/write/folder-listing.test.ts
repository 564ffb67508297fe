import assert from "node:assert/strict"
import { type TestContext, test } from "node:test"
import { scratchImage } from "../../../../../../test/stores/scratch-image.ts"
import { readEntries } from "../folder-entries.ts"
import type { Metadata } from "../metadata.ts"
import { TYPE } from "./entry-record.ts"
import { FolderListing, type ListedInode, type ListingPlace } from "./folder-listing.ts"
import { MetadataWriter } from "./metadata-writer.ts"

interface Stretch {
  readonly start: number
  readonly number: number
  readonly block: number
  readonly names: readonly string[]
  readonly numbers: readonly number[]
}

interface ReadListing {
  readonly written: ListingPlace
  readonly metadata: Metadata
  readonly stretches: readonly Stretch[]
}

/** Writes a listing after another one of so many bytes, and takes it apart. */
async function readBack(entries: readonly ListedInode[], context: TestContext, before = 0): Promise<ReadListing> {
  const image = await scratchImage(context)
  const writer = new MetadataWriter((bytes) => image.output.push(bytes))
  writer.write(Buffer.alloc(before))
  await writer.room()
  const listing = new FolderListing()
  for (const entry of entries) listing.add(entry)
  const written = await listing.write(writer)
  await writer.end()
  const metadata = await image.metadata()
  if (written.sizeBytes === 0) return { written, metadata, stretches: [] }
  const { block, offset } = written.place
  const read = readEntries(metadata.at(block, offset), { block, offset, sizeBytes: written.sizeBytes })
  assert.deepEqual(
    read,
    entries.map(({ name, place }) => ({ name: Buffer.from(name).toString(), inode: place })),
  )
  const stretches = stretchesOf(metadata.at(block, offset).take(written.sizeBytes))
  assert.deepEqual(
    stretches.flatMap(({ numbers }) => numbers),
    entries.map(({ number }) => number),
  )
  return { written, metadata, stretches }
}

/** @see Linux, fs/squashfs/squashfs_fs.h: struct squashfs_dir_header, squashfs_dir_entry */
function stretchesOf(bytes: Buffer): readonly Stretch[] {
  const stretches: Stretch[] = []
  for (let at = 0; at < bytes.length; ) {
    const [start, count] = [at, bytes.readUInt32LE(at) + 1]
    const [block, number] = [bytes.readUInt32LE(at + 4), bytes.readUInt32LE(at + 8)]
    const [names, numbers]: [string[], number[]] = [[], []]
    at += 12
    for (let index = 0; index < count; index++) {
      numbers.push(number + bytes.readInt16LE(at + 2))
      names.push(bytes.toString("utf8", at + 8, at + 9 + bytes.readUInt16LE(at + 6)))
      at += 9 + bytes.readUInt16LE(at + 6)
    }
    stretches.push({ start, number, block, names, numbers })
  }
  return stretches
}

function entry(name: string, number: number, block = 0, offset = number % 8192): ListedInode {
  return { name: Buffer.from(name), type: TYPE.file, number, place: { block, offset } }
}

function many(count: number): readonly ListedInode[] {
  // As they come: each of the inodes takes 32 bytes of 8 KiB.
  return Array.from({ length: count }, (_, index) =>
    entry(`name-${`${index}`.padStart(7, "0")}`, index + 1, Math.floor(index / 256) * 700, (index % 256) * 32),
  )
}

test("names, inodes and types are read back", async (context) => {
  const types = Object.values(TYPE).map((type, index) => ({ ...entry(`ünï ${index}\n`, index + 1, 0, 8191), type }))
  const { written, metadata } = await readBack([...types, entry("z".repeat(255), 30)], context)
  const bytes = metadata.at(written.place.block, written.place.offset).take(written.sizeBytes)
  let at = 12
  for (const { type, name } of types) {
    assert.equal(bytes.readUInt16LE(at + 4), type)
    at += 8 + name.length
  }
})

test("a folder with nothing in it has a listing of nothing", async (context) => {
  const { written } = await readBack([], context, 100)
  assert.deepEqual(written, { place: { block: 0, offset: 100 }, sizeBytes: 0, index: Buffer.alloc(0), indexCount: 0 })
})

test("a stretch has 256 entries at most", async (context) => {
  const { stretches } = await readBack(
    Array.from({ length: 600 }, (_, index) => entry(`${1000 + index}`, index + 1)),
    context,
  )
  assert.deepEqual(
    stretches.map(({ names }) => names.length),
    [256, 256, 88],
  )
})

test("inodes of another block begin another stretch", async (context) => {
  const { stretches } = await readBack([entry("a", 1), entry("b", 2, 900), entry("c", 3, 900), entry("d", 4)], context)
  assert.deepEqual(
    stretches.map(({ names, block }) => [block, ...names]),
    [
      [0, "a"],
      [900, "b", "c"],
      [0, "d"],
    ],
  )
})

test("inodes too far from the first of a stretch begin another, on either side", async (context) => {
  const numbers = [100_000, 132_767, 67_233, 132_768, 100_001, 165_535, 100_000, 1, 0xffff_ffff]
  const { stretches } = await readBack(
    numbers.map((number, index) => entry(`n${index}`, number)),
    context,
  )
  assert.deepEqual(
    stretches.map((stretch) => stretch.numbers),
    [[100_000, 132_767, 67_233], [132_768, 100_001, 165_535], [100_000], [1], [0xffff_ffff]],
  )
})

/** @see Linux, fs/squashfs/squashfs_fs.h, struct squashfs_dir_index */
function indexOf({
  index,
}: ListingPlace): readonly { readonly start: number; readonly block: number; readonly name: string }[] {
  const entries: { start: number; block: number; name: string }[] = []
  for (let at = 0; at < index.length; ) {
    const end = at + 13 + index.readUInt32LE(at + 8)
    entries.push({
      start: index.readUInt32LE(at),
      block: index.readUInt32LE(at + 4),
      name: index.toString("utf8", at + 12, end),
    })
    at = end
  }
  return entries
}

test("a listing that one metadata block holds has no index, and a longer one has", async (context) => {
  // 12 bytes of a head for each 256, and 20 for each entry.
  const most = Math.floor((8192 - 2 * 12) / 20)
  const short = await readBack(many(most), context)
  assert.ok(short.written.sizeBytes <= 8192 && short.written.sizeBytes > 8192 - 20)
  assert.equal(short.written.indexCount, 0)
  assert.equal(short.written.index.length, 0)
  const long = await readBack(many(2 * most), context)
  assert.ok(long.written.indexCount > 0)
})

for (const before of [0, 5000, 20_000]) {
  test(`the index of a large listing leads to stretches, ${before} bytes after others`, async (context) => {
    const { written, metadata, stretches } = await readBack(many(20_000), context, before)
    const index = indexOf(written)
    assert.equal(index.length, written.indexCount)
    const starts = new Map(stretches.map((stretch) => [stretch.start, stretch]))
    for (const { start, block, name } of index) {
      const stretch = starts.get(start)
      assert.equal(stretch?.names[0], name)
      const there = metadata.at(block, (written.place.offset + start) % 8192).take(20 + name.length)
      assert.equal(there.toString("utf8", 20), name)
    }
    // Whoever looks for a name begins at the last of the index that is not after it, and reads a few blocks at most.
    for (const stretch of stretches) {
      const from = index.filter(({ name }) => name <= (stretch.names[0] ?? "")).at(-1)?.start ?? 0
      assert.ok(stretch.start - from <= 2 * 8192, `${stretch.start - from} bytes are read for nothing`)
    }
  })
}
