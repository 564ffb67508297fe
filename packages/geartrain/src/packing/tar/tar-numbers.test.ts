import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { largestOctal, readNumber, writeBase256, writeOctal } from "./tar-numbers.ts"

const FIELD = { offset: 3, length: 12 }

function field(text: string): Buffer {
  const block = Buffer.alloc(20)
  block.write(text, FIELD.offset, "latin1")
  return block
}

function read(block: Buffer): number | undefined {
  return readNumber(block, FIELD.offset, FIELD.length)
}

test("octal digits are read with spaces before and spaces or NULs after them", () => {
  for (const text of ["00000000017\0", "        17  ", "17\0", "  17 \0", "17"])
    assert.equal(read(field(text)), 15, text)
  assert.equal(read(field("")), 0)
  assert.equal(read(field("            ")), 0)
  assert.equal(read(field("777777777777")), 8 ** 12 - 1)
})

test("what is neither octal nor base-256 is no number", () => {
  for (const text of ["8", "1x", "-1", "0x10", "1 7", "1\u00007", "é"]) assert.equal(read(field(text)), undefined, text)
})

test("octal numbers that fit are read as they were written", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: largestOctal(11) }), (value) => {
      const block = Buffer.alloc(20)
      writeOctal(block, FIELD, value)
      assert.equal(read(block), value)
    }),
  )
  assert.throws(() => writeOctal(Buffer.alloc(20), FIELD, 8 ** 11), RangeError)
  assert.throws(() => writeOctal(Buffer.alloc(20), FIELD, -1), RangeError)
})

test("base-256 numbers are read as they were written, and negative ones too", () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (value) => {
      const block = Buffer.alloc(20)
      writeBase256(block, FIELD, value)
      assert.equal(read(block), value)
      // -1 - value is the complement of value, bit by bit.
      for (let index = FIELD.offset; index < FIELD.offset + FIELD.length; index++)
        block[index] = ~(block[index] as number)
      block[FIELD.offset] = (block[FIELD.offset] as number) | 0x80
      assert.equal(read(block), -1 - value)
    }),
  )
})

test("a base-256 number that no double can hold is no number", () => {
  const block = Buffer.alloc(20)
  block[FIELD.offset] = 0x80
  block.fill(0x7f, FIELD.offset + 1, FIELD.offset + FIELD.length)
  assert.equal(read(block), undefined)
})
