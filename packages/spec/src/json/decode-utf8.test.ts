import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { decodeUtf8 } from "./decode-utf8.ts"

test("text comes out as it was written, byte-order mark included", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      assert.deepEqual(decodeUtf8(new TextEncoder().encode(text)), { ok: true, text })
    }),
  )
  assert.deepEqual(decodeUtf8(new Uint8Array([0xef, 0xbb, 0xbf, 0x31])), { ok: true, text: "\ufeff1" })
})

test("bytes that are not UTF-8 are told with their place", () => {
  const bytes = new Uint8Array([...new TextEncoder().encode('{\n "é'), 0xe9, 0x22])
  const result = decodeUtf8(bytes)
  assert.ok(!result.ok)
  assert.deepEqual(result.fault, {
    kind: "not-utf-8",
    offset: 5,
    line: 2,
    column: 4,
    problem: "byte 0xe9 is not part of UTF-8 text",
    fix: "Save the file as UTF-8 without byte-order mark",
  })
})

test("UTF-16 is named", () => {
  const result = decodeUtf8(new Uint8Array([0xff, 0xfe, 0x7b, 0x00]))
  assert.ok(!result.ok)
  assert.equal(result.fault.problem, "the text is UTF-16")
})

test("the place is that of the first byte that the decoder refuses", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
      const result = decodeUtf8(bytes)
      if (result.ok) return
      // What comes before is text, and with one more character it is none.
      assert.ok(decodeUtf8(new TextEncoder().encode("x".repeat(result.fault.offset))).ok)
    }),
  )
  for (const bad of [
    [0xc0, 0x80],
    [0xed, 0xa0, 0x80],
    [0xf4, 0x90, 0x80, 0x80],
    [0xe0, 0x9f, 0xbf],
    [0xc3],
    [0xf0, 0x9f, 0x98],
  ]) {
    const result = decodeUtf8(new Uint8Array([0x61, ...bad]))
    assert.ok(!result.ok)
    assert.equal(result.fault.offset, 1)
  }
})
