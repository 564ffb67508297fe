import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { existsSync } from "node:fs"
import { open } from "node:fs/promises"
import { test } from "node:test"
import { scratchImage } from "../../../../../../test/stores/scratch-image.ts"
import { ImageOutput } from "./image-output.ts"

const MEBIBYTE = 1024 * 1024
const PIECES = [1, 96, 5000, MEBIBYTE - 5097, MEBIBYTE, 2 * MEBIBYTE + 3, 0, 77].map((length) => randomBytes(length))

test("pieces of every length are in the file one after the other", async (context) => {
  const image = await scratchImage(context)
  let position = 0
  for (const piece of PIECES) {
    assert.equal(image.output.position, position)
    image.output.push(piece)
    position += piece.length
    await image.output.room()
  }
  assert.equal(image.output.position, position)
  assert.ok((await image.bytes()).equals(Buffer.concat(PIECES)))
})

test("the first byte goes where it is to go, and nothing before it is touched", async (context) => {
  const image = await scratchImage(context, 96)
  assert.equal(image.output.position, 96)
  image.output.push(Buffer.from("begins"))
  const bytes = await image.bytes()
  assert.ok(bytes.equals(Buffer.concat([Buffer.alloc(96), Buffer.from("begins")])))
})

test("bytes are the output's own once they are pushed, also while others wait to be written", async (context) => {
  const image = await scratchImage(context)
  const piece = Buffer.alloc(700_000)
  const expected: Buffer[] = []
  for (let number = 1; number <= 9; number++) {
    piece.fill(number)
    expected.push(Buffer.from(piece))
    image.output.push(piece)
    piece.fill(0)
  }
  assert.ok((await image.bytes()).equals(Buffer.concat(expected)))
})

test("an output that nothing was pushed to writes nothing, and may go on after its end", async (context) => {
  const image = await scratchImage(context)
  assert.equal((await image.bytes()).length, 0)
  image.output.push(Buffer.from("a"))
  await image.output.settle()
  image.output.push(Buffer.from("b"))
  assert.equal((await image.bytes()).toString(), "ab")
})

const noFull = existsSync("/dev/full") ? false : "needs /dev/full"
test("what the disk refuses is told by whichever waits, and by all after it", { skip: noFull }, async (context) => {
  const full = await open("/dev/full", "w")
  context.after(() => full.close())
  const output = new ImageOutput(full)
  for (const _ of [1, 2, 3]) output.push(Buffer.alloc(MEBIBYTE))
  await assert.rejects(output.room(), { code: "ENOSPC" })
  output.push(Buffer.from("more"))
  await assert.rejects(output.settle(), { code: "ENOSPC" })
})
