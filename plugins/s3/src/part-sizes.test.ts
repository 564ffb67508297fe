import assert from "node:assert/strict"
import { test } from "node:test"
import { copyRanges, MOST_PARTS, mostBytes, partSizeBytes, partsInFlight } from "./part-sizes.ts"

const MEBIBYTE = 1024 ** 2
const GIBIBYTE = 1024 ** 3

test("parts begin with 8 MiB, double after every 2000, and are never smaller than S3 takes nor larger than it takes", () => {
  assert.equal(partSizeBytes(1), 8 * MEBIBYTE)
  assert.equal(partSizeBytes(2000), 8 * MEBIBYTE)
  assert.equal(partSizeBytes(2001), 16 * MEBIBYTE)
  assert.equal(partSizeBytes(MOST_PARTS), 128 * MEBIBYTE)
})

test("all parts together hold what is said to be the most", () => {
  let sum = 0
  for (let number = 1; number <= MOST_PARTS; number++) sum += partSizeBytes(number)
  assert.equal(sum, mostBytes())
  assert.equal(Math.floor(sum / GIBIBYTE), 484)
})

test("what is on its way at once is bounded in bytes, and is at least one part", () => {
  for (const number of [1, 2001, 4001, MOST_PARTS]) {
    const size = partSizeBytes(number)
    assert.ok(partsInFlight(size) === 1 || partsInFlight(size) * size <= 24 * MEBIBYTE)
  }
  assert.equal(partsInFlight(partSizeBytes(MOST_PARTS)), 1)
})

test("ranges of a copy follow each other without a gap to the last byte", () => {
  for (const size of [GIBIBYTE, 5 * GIBIBYTE + 1, 7 * GIBIBYTE - 1]) {
    let next = 0
    for (const range of copyRanges(size)) {
      const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? []
      assert.equal(Number(first), next)
      assert.ok(Number(last) >= next)
      next = Number(last) + 1
    }
    assert.equal(next, size)
  }
})
