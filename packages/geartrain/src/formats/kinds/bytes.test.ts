import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { file } from "../../../test/formats/sample-files.ts"
import { compareBytes } from "./bytes.ts"

function compare(a: Uint8Array, b: Uint8Array) {
  return compareBytes(file("a", a, 700), file("b", b, 1300))
}

/** A file of zeros but for some bytes. */
function zeros(length: number, others: Readonly<Record<number, number>> = {}): Buffer {
  const bytes = Buffer.alloc(length)
  for (const [at, value] of Object.entries(others)) bytes.writeUInt8(value, Number(at))
  return bytes
}

test("equal files are told with their size, empty ones too", async () => {
  assert.equal((await compare(zeros(5000), zeros(5000))).summary, "the same 5000 bytes")
  assert.deepEqual(
    [(await compare(zeros(0), zeros(0))).same, (await compare(zeros(0), zeros(0))).summary],
    [true, "the same 0 bytes"],
  )
})

test("differing bytes with fewer than eight equal ones between them are one range", async () => {
  const found = await compare(zeros(100), zeros(100, { 10: 1, 18: 2, 27: 3 }))
  assert.deepEqual(found.differences, [
    { place: "offset 10", a: "000000000000000000", b: "010000000000000002" },
    { place: "offset 27", a: "00", b: "03" },
  ])
  assert.equal(found.summary, "10 bytes differ, the first at offset 10")
})

test("of a long range the first sixteen bytes are shown", async () => {
  const found = await compare(zeros(20), Buffer.alloc(20, 255))
  assert.deepEqual(found.differences, [{ place: "offset 0", a: `${"00".repeat(16)}…`, b: `${"ff".repeat(16)}…` }])
  const whole = await compare(zeros(16), Buffer.alloc(16, 255))
  assert.equal(whole.differences[0]?.b, "ff".repeat(16))
})

test("which is longer is told with both sizes, also where the shorter is its beginning", async () => {
  const found = await compare(zeros(5000), zeros(9000))
  assert.equal(found.summary, "B is longer")
  assert.deepEqual(found.differences, [{ place: "size", a: "5000 bytes", b: "9000 bytes" }])
  const both = await compare(zeros(9000, { 4097: 1 }), zeros(4098))
  assert.equal(both.summary, "1 bytes differ, the first at offset 4097; A is longer")
})

test("ranges beyond those that are kept are counted", async () => {
  const others = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [index * 100, 1]))
  const found = await compare(zeros(6000), zeros(6000, others))
  assert.deepEqual([found.differences.length, found.omitted], [20, 30])
  assert.equal(found.summary, "50 bytes differ, the first at offset 0")
})

test("offsets go on where a file is read in a second portion", async () => {
  const size = 1024 * 1024 + 5000
  const found = await compare(zeros(size), zeros(size, { [size - 1]: 7 }))
  assert.deepEqual(found.differences, [{ place: `offset ${size - 1}`, a: "00", b: "07" }])
})

test("files are the same just when their bytes are", async () => {
  const bytes = fc.uint8Array({ maxLength: 40, max: 2 })
  await fc.assert(
    fc.asyncProperty(bytes, bytes, async (a, b) => {
      assert.equal((await compare(a, b)).same, Buffer.compare(a, b) === 0)
    }),
  )
})
