import assert from "node:assert/strict"
import { test } from "node:test"
import { IdTable, MOST_IDS } from "./id-table.ts"

test("each number stands in the table once, in the order in which it came", () => {
  const ids = new IdTable()
  assert.deepEqual(
    [1000, 0, 1000, 0xffff_fffe, 0].map((id) => ids.index(id)),
    [0, 1, 0, 2, 1],
  )
  assert.equal(ids.count, 3)
  const records = ids.records()
  assert.deepEqual(
    [0, 4, 8].map((at) => records.readUInt32LE(at)),
    [1000, 0, 0xffff_fffe],
  )
  assert.equal(records.length, 12)
})

test("one number more than the format counts is refused, and those that are there are not", () => {
  const ids = new IdTable()
  for (let id = 0; id < MOST_IDS; id++) ids.index(id)
  assert.equal(ids.count, 65_535)
  assert.throws(() => ids.index(65_535), new RangeError("it has more than 65535 owners and groups"))
  assert.equal(ids.index(65_534), 65_534)
  assert.equal(ids.count, 65_535)
})

test("a number that no owner has is refused when the table is written", () => {
  const ids = new IdTable()
  ids.index(2 ** 32)
  assert.throws(() => ids.records(), RangeError)
})
