import assert from "node:assert/strict"
import { test } from "node:test"
import { readBodyMap, readOldMap } from "./read-sparse-map.ts"
import { FIELDS } from "./tar-header.ts"
import { type Reading, TarInput } from "./tar-input.ts"

function drive<T>(reading: (input: TarInput) => Reading<T>, bytes: Buffer): T {
  const running = reading(new TarInput({ reference: "a.tar" }))
  const waiting = bytes.length === 0 ? [] : [bytes]
  let step = running.next()
  while (step.done !== true) step = running.next(waiting.shift())
  return step.value
}

function body(text: string): Buffer {
  const blocks = Buffer.alloc(Math.max(1, Math.ceil(text.length / 512)) * 512)
  blocks.write(text)
  return blocks
}

function bodyMap(text: string, storedSize = body(text).length): readonly number[] | undefined {
  return drive((input) => readBodyMap(input, storedSize), body(text))
}

test("a map before the body is a count and its numbers, over as many blocks as they need", () => {
  assert.deepEqual(bodyMap("0\n"), [])
  assert.deepEqual(bodyMap("2\n0\n5\n900\n1\n"), [0, 5, 900, 1])
  const pairs = Array.from({ length: 300 }, (_, index) => [index * 1000, 10]).flat()
  assert.deepEqual(bodyMap(`300\n${pairs.join("\n")}\n`), pairs)
})

test("a map that lies about its length makes no sense, and is never read beyond the stored bytes", () => {
  assert.equal(bodyMap("3\n0\n5\n"), undefined)
  assert.equal(bodyMap("1\n0\n5\n7\n"), undefined)
  assert.equal(bodyMap("2\n0\n5\n900\n1\n", 100), undefined)
  assert.equal(bodyMap("x\n"), undefined)
  assert.equal(bodyMap("-1\n"), undefined)
  assert.equal(bodyMap("99999999999\n"), undefined)
  assert.equal(bodyMap("9".repeat(1200)), undefined)
})

test("an archive that ends in the map is cut short", () => {
  assert.throws(() => drive((input) => readBodyMap(input, 1024), Buffer.alloc(0)), { code: "IMAGE_TRUNCATED" })
})

function oldHeader(numbers: readonly number[], isExtended = false): Buffer {
  const block = Buffer.alloc(512)
  for (const [index, number] of numbers.entries()) {
    block.write(`${number.toString(8).padStart(11, "0")}\0`, FIELDS.sparseHeaders.offset + 12 * index)
  }
  if (isExtended) block[FIELDS.sparseExtended.offset] = 1
  return block
}

test("GNU's old map stands in the header, and goes on in blocks of its own", () => {
  assert.deepEqual(
    drive((input) => readOldMap(input, oldHeader([0, 512, 4096, 1])), Buffer.alloc(0)),
    [0, 512, 4096, 1],
  )
  const more = Buffer.alloc(512)
  more.write("00000020000\0", 0)
  more.write("00000000007\0", 12)
  const found = drive((input) => readOldMap(input, oldHeader([0, 1, 2, 3, 4, 5, 6, 7], true)), more)
  assert.deepEqual(found, [0, 1, 2, 3, 4, 5, 6, 7, 8192, 7])
  assert.throws(() => drive((input) => readOldMap(input, oldHeader([0, 1], true)), Buffer.alloc(0)), {
    code: "IMAGE_TRUNCATED",
  })
})
