import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { test } from "node:test"
import { zstdDecompressSync } from "node:zlib"
import { scratchImage } from "../../../../../../test/stores/scratch-image.ts"
import type { InodePlace } from "../superblock.ts"
import { METADATA_BYTES, MetadataWriter } from "./metadata-writer.ts"

/** Some that pack well, some that do not, and some over several blocks. */
const RECORDS = [100, 8000, 300, 1, 8192, 8191, 40_000, 5, 16_384, 20].flatMap((length) => [
  Buffer.alloc(length, `${length} bytes`),
  randomBytes(length),
])

test("each record is read back from the place that was told for it", async (context) => {
  const image = await scratchImage(context)
  const writer = new MetadataWriter((bytes) => image.output.push(bytes))
  const places: InodePlace[] = []
  for (const record of RECORDS) {
    places.push(writer.place)
    writer.write(record)
    await writer.room()
  }
  const sizeBytes = await writer.end()
  assert.equal(sizeBytes, (await image.bytes()).length)
  const metadata = await image.metadata()
  for (const [index, { block, offset }] of places.entries()) {
    assert.ok(offset < METADATA_BYTES)
    const record = RECORDS[index] as Buffer
    assert.ok(metadata.at(block, offset).take(record.length).equals(record), `record ${index}`)
  }
})

/** The blocks as they lie there, each with its head. */
function blocksOf(bytes: Buffer): readonly { readonly isStored: boolean; readonly plain: Buffer }[] {
  const blocks: { isStored: boolean; plain: Buffer }[] = []
  for (let at = 0; at < bytes.length; ) {
    const head = bytes.readUInt16LE(at)
    const isStored = (head & 0x8000) !== 0
    const body = bytes.subarray(at + 2, at + 2 + (head & 0x7fff))
    blocks.push({ isStored, plain: isStored ? body : zstdDecompressSync(body) })
    at += 2 + body.length
  }
  return blocks
}

test("blocks hold 8 KiB but for the last, and those that do not pack are stored", async (context) => {
  const image = await scratchImage(context)
  const writer = new MetadataWriter((bytes) => image.output.push(bytes))
  const noise = randomBytes(METADATA_BYTES)
  const parts = [Buffer.alloc(METADATA_BYTES), noise, Buffer.alloc(METADATA_BYTES, "text "), noise.subarray(0, 50)]
  for (const part of parts) writer.write(part)
  await writer.end()
  const blocks = blocksOf(await image.bytes())
  assert.deepEqual(
    blocks.map(({ isStored }) => isStored),
    [false, true, false, true],
  )
  for (const [index, { plain }] of blocks.entries()) assert.ok(plain.equals(parts[index] as Buffer), `block ${index}`)
})

test("a table that ends with a block has no empty one after it, and an empty one has none", async (context) => {
  const image = await scratchImage(context)
  const whole = new MetadataWriter((bytes) => image.output.push(bytes))
  whole.write(randomBytes(2 * METADATA_BYTES))
  assert.equal(await whole.end(), 2 * (2 + METADATA_BYTES))
  const empty = new MetadataWriter(() => assert.fail("there is nothing to write"))
  assert.equal(await empty.end(), 0)
})

test("where the next record begins is not told while blocks before it wait to be packed", async () => {
  const writer = new MetadataWriter(() => undefined)
  writer.write(Buffer.alloc(METADATA_BYTES))
  assert.throws(() => writer.place, new TypeError("There are blocks that wait to be packed"))
  await writer.room()
  assert.equal(writer.place.offset, 0)
  assert.ok(writer.place.block > 2 && writer.place.block < 100)
  await writer.end()
})

test("the same records are the same bytes, however they were waited for", async (context) => {
  const bytesOf = async (every: number): Promise<Buffer> => {
    const image = await scratchImage(context)
    const writer = new MetadataWriter((bytes) => image.output.push(bytes))
    for (const [index, record] of RECORDS.entries()) {
      writer.write(record)
      if (index % every === 0) await writer.room()
    }
    await writer.end()
    return image.bytes()
  }
  const one = await bytesOf(1)
  for (const every of [2, 7, 100]) assert.ok((await bytesOf(every)).equals(one), `${every}`)
})
