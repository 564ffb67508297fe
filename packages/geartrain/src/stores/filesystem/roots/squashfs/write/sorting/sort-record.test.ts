import assert from "node:assert/strict"
import { test } from "node:test"
import { compareRecords, encodedBytes, readSortRecord, sizeOfRecord, writeSortRecord } from "./sort-record.ts"

const RECORDS = ["", "a", "a\0", "a\0b", "ab", "b", "\u{7f}", "é"].map((key, index) => ({
  key: Buffer.from(key),
  value: Buffer.alloc(index * 100, key),
}))

test("records are read back from where they were written, one after the other", () => {
  const bytes = Buffer.alloc(3 + RECORDS.reduce((sum, record) => sum + encodedBytes(record), 0))
  const places: number[] = []
  let at = 3
  for (const record of RECORDS) {
    writeSortRecord(record, bytes, at)
    places.push(at)
    at += encodedBytes(record)
  }
  assert.equal(at, bytes.length)
  for (const [index, place] of places.entries()) {
    assert.deepEqual(readSortRecord(bytes, place), RECORDS[index])
    assert.equal(place + sizeOfRecord(bytes, place), places[index + 1] ?? bytes.length)
  }
})

test("the bytes of keys decide, and of a key and its beginning the shorter comes first", () => {
  const values = ["z", "", "a"]
  for (const { key: a } of RECORDS)
    for (const { key: b } of RECORDS) {
      const [first, second] = [
        { key: a, value: Buffer.from(values[a.length % 3] ?? "") },
        { key: b, value: Buffer.alloc(9) },
      ]
      const bytes = Buffer.alloc(encodedBytes(first) + encodedBytes(second))
      writeSortRecord(first, bytes, 0)
      writeSortRecord(second, bytes, encodedBytes(first))
      assert.equal(compareRecords(bytes, 0, encodedBytes(first)), Buffer.compare(a, b), `${a} and ${b}`)
    }
})
