import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { splitRow } from "./split-row.ts"

test("what is written as RFC 4180 says is read back, with either separator", () => {
  const cell = fc.array(fc.constantFrom("a", '"', ",", "\t", " ", "é", "1")).map((parts) => parts.join(""))
  fc.assert(
    fc.property(fc.array(cell, { minLength: 1, maxLength: 6 }), fc.constantFrom(",", "\t"), (cells, separator) => {
      const row = cells.map((text) => `"${text.replaceAll('"', '""')}"`).join(separator)
      assert.deepEqual(splitRow(row, separator), cells)
    }),
  )
})

test("empty cells are cells, and the end of a Windows line is none of the last one", () => {
  assert.deepEqual(splitRow("", ","), [""])
  assert.deepEqual(splitRow(",a,,", ","), ["", "a", "", ""])
  assert.deepEqual(splitRow("a,b\r", ","), ["a", "b"])
})

test("a quote that is never closed holds the rest of the row, and there is an end", () => {
  assert.deepEqual(splitRow('a,"b,c', ","), ["a", "b,c"])
  assert.deepEqual(splitRow('"', ","), [""])
  assert.deepEqual(splitRow(`${'""'.repeat(50_000)}x`, ",").length, 1)
})

test("quotes within a cell that does not begin with one stand for themselves", () => {
  assert.deepEqual(splitRow('5" disk,x', ","), ['5" disk', "x"])
})
