import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { existsSync } from "node:fs"
import { open } from "node:fs/promises"
import { test } from "node:test"
import { zstdDecompressSync } from "node:zlib"
import { scratchImage } from "../../../../../../test/stores/scratch-image.ts"
import { BLOCK_BYTES, BlockOutput, type WrittenBlock } from "./block-output.ts"
import { ImageOutput } from "./image-output.ts"

/** Slow ones to pack before fast ones, full blocks and short ones. */
const BLOCKS = Array.from({ length: 40 }, (_, index) => {
  if (index % 4 === 0) return randomBytes(BLOCK_BYTES)
  if (index % 4 === 1) return Buffer.alloc(1 + index, "tiny")
  if (index % 4 === 2) return Buffer.from(randomBytes(BLOCK_BYTES / 2 - index).toString("hex"))
  return Buffer.alloc(BLOCK_BYTES, `block ${index} `)
})
const STORED = 1 << 24

test("blocks lie in the order in which they came, whichever was packed first", async (context) => {
  const image = await scratchImage(context, 96)
  const blocks = new BlockOutput(image.output)
  const written: WrittenBlock[] = []
  const told: number[] = []
  for (const [index, bytes] of BLOCKS.entries()) {
    const buffer = blocks.take()
    bytes.copy(buffer)
    blocks.put(buffer, bytes.length, (block) => {
      told.push(index)
      written.push(block)
    })
    if (index % 3 === 0) await blocks.room()
  }
  await blocks.end()
  await blocks.close()
  assert.deepEqual(told, [...BLOCKS.keys()])
  const file = await image.bytes()
  let position = 96
  for (const [index, block] of written.entries()) {
    assert.equal(block.position, position, `block ${index}`)
    const length = block.word & (STORED - 1)
    const bytes = file.subarray(position, position + length)
    const plain = (block.word & STORED) === 0 ? zstdDecompressSync(bytes) : bytes
    assert.ok(plain.equals(BLOCKS[index] as Buffer), `block ${index}`)
    position += length
  }
  assert.equal(position, file.length)
})

test("a block that does not pack is stored, and no block is longer than it was", async (context) => {
  const image = await scratchImage(context)
  const blocks = new BlockOutput(image.output)
  const words: number[] = []
  for (const bytes of [randomBytes(BLOCK_BYTES), Buffer.alloc(BLOCK_BYTES), randomBytes(1), randomBytes(40_000)]) {
    const buffer = blocks.take()
    bytes.copy(buffer)
    blocks.put(buffer, bytes.length, ({ word }) => words.push(word))
  }
  await blocks.end()
  await blocks.close()
  assert.deepEqual(
    words.map((word) => (word & STORED) !== 0),
    [true, false, true, true],
  )
  assert.deepEqual([words[0], words[2], words[3]], [STORED | BLOCK_BYTES, STORED | 1, STORED | 40_000])
})

test("few buffers serve many blocks", async (context) => {
  const image = await scratchImage(context)
  const blocks = new BlockOutput(image.output)
  const buffers = new Set<ArrayBufferLike>()
  for (let index = 0; index < 200; index++) {
    const buffer = blocks.take()
    assert.equal(buffer.length, BLOCK_BYTES)
    buffers.add(buffer.buffer)
    blocks.put(buffer, 1 + (index % 100), () => undefined)
    await blocks.room()
  }
  await blocks.end()
  await blocks.close()
  assert.ok(buffers.size <= 10, `${buffers.size} buffers`)
})

const noFull = existsSync("/dev/full") ? false : "needs /dev/full"
test("a disk that is full ends the writing, and what packs is let go of", { skip: noFull }, async (context) => {
  const full = await open("/dev/full", "w")
  context.after(() => full.close())
  const output = new ImageOutput(full)
  const blocks = new BlockOutput(output)
  const put = async (): Promise<void> => {
    for (let index = 0; index < 100; index++) {
      const buffer = blocks.take()
      randomBytes(BLOCK_BYTES).copy(buffer)
      blocks.put(buffer, BLOCK_BYTES, () => undefined)
      await blocks.room()
    }
  }
  await assert.rejects(put(), { code: "ENOSPC" })
  await blocks.close()
})
