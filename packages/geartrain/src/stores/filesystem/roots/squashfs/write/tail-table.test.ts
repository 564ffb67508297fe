import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { test } from "node:test"
import { scratchImage } from "../../../../../../test/stores/scratch-image.ts"
import { Metadata } from "../metadata.ts"
import { readSuperblock } from "../superblock.ts"
import { TailBlocks } from "../tail-blocks.ts"
import { BLOCK_BYTES, BlockOutput } from "./block-output.ts"
import { encodeSuperblock } from "./encode-superblock.ts"
import { writeLookupTable } from "./lookup-table-writer.ts"
import { TailTable } from "./tail-table.ts"

/** A superblock that says no more than where the ends are. */
function superblockOf(tailTable: number, tailBlocks: number): NonNullable<ReturnType<typeof readSuperblock>> {
  const none = { idCount: 0, idTable: 0, inodeCount: 0, inodeTable: 0, folderTable: 0, usedBytes: 0 }
  const superblock = readSuperblock(encodeSuperblock({ ...none, tailTable, tailBlocks, root: { block: 0, offset: 0 } }))
  assert.ok(superblock !== undefined)
  return superblock
}

test("ends of files are read back from the blocks that they share", async (context) => {
  const image = await scratchImage(context)
  const blocks = new BlockOutput(image.output)
  const tails = new TailTable(blocks)
  const ends = Array.from({ length: 60 }, (_, index) => randomBytes(1 + ((index * 5003) % 32_767)))
  const places = []
  for (const end of ends) {
    const given = Buffer.from(end)
    places.push(tails.add(given))
    given.fill(0)
    await blocks.room()
  }
  tails.end()
  await blocks.end()
  await blocks.close()
  const list = await writeLookupTable(image.output, tails.records())
  const file = await image.written()
  const read = new TailBlocks(file, new Metadata(file), superblockOf(list, tails.count))
  for (const [index, { block, offset }] of places.entries()) {
    const end = ends[index] as Buffer
    assert.ok(offset + end.length <= BLOCK_BYTES)
    assert.ok(read.tail({ index: block, offset, length: end.length }).equals(end), `end ${index}`)
  }
  assert.equal(tails.count, new Set(places.map(({ block }) => block)).size)
  assert.ok(tails.count > 3)
})

test("an end goes into the block before where it just fits, and begins another where it does not", async (context) => {
  const image = await scratchImage(context)
  const blocks = new BlockOutput(image.output)
  const tails = new TailTable(blocks)
  const sizes = [100_000, 31_072, 1, BLOCK_BYTES - 1, 2]
  assert.deepEqual(
    sizes.map((size) => tails.add(Buffer.alloc(size))),
    [
      { block: 0, offset: 0 },
      { block: 0, offset: 100_000 },
      { block: 1, offset: 0 },
      { block: 1, offset: 1 },
      { block: 2, offset: 0 },
    ],
  )
  tails.end()
  await blocks.end()
  await blocks.close()
  assert.equal(tails.count, 3)
  assert.equal(tails.records().length, 3 * 16)
})

test("where no file has an end to share there is no block", async (context) => {
  const image = await scratchImage(context)
  const blocks = new BlockOutput(image.output)
  const tails = new TailTable(blocks)
  tails.end()
  await blocks.end()
  await blocks.close()
  assert.equal(tails.count, 0)
  assert.equal(tails.records().length, 0)
  assert.equal(image.output.position, 0)
})
