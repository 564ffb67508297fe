import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { NumberColumn, RowSet, WideColumn } from "./number-column.ts"

test("rows that were never set are 0, and setting one leaves its neighbours alone", () => {
  const column = new NumberColumn((length) => new Uint32Array(length))
  for (const row of [0, 1, 16_383, 16_384, 1_000_000]) column.set(row, row + 1)
  for (const row of [0, 1, 16_383, 16_384, 1_000_000]) assert.equal(column.get(row), row + 1)
  for (const row of [2, 16_382, 16_385, 999_999, 1_000_001, 5_000_000]) assert.equal(column.get(row), 0)
  column.set(0, 0)
  assert.equal(column.get(0), 0)
})

test("safe integers of every size are kept, negative ones too", () => {
  const column = new WideColumn()
  fc.assert(
    fc.property(fc.nat(40_000), fc.maxSafeInteger(), (row, value) => {
      column.set(row, value)
      assert.equal(column.get(row), value)
    }),
  )
  for (const value of [-1, 2 ** 32, 2 ** 32 - 1, -(2 ** 32), 0]) {
    column.set(7, value)
    assert.ok(Object.is(column.get(7), value))
  }
})

test("a set of rows has those that were added, and no neighbour of theirs", () => {
  const rows = new RowSet()
  const added = [0, 31, 32, 63, 1_000_000]
  for (const row of added) rows.add(row)
  for (const row of added) assert.ok(rows.has(row), `${row}`)
  for (const row of [1, 30, 33, 62, 64, 999_999, 1_000_001, 9_000_000]) assert.ok(!rows.has(row), `${row}`)
})
