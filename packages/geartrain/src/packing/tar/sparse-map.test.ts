import assert from "node:assert/strict"
import { test } from "node:test"
import { MOST_SEGMENTS, toSegments } from "./sparse-map.ts"

test("neighbours are joined, and empty stretches are left out", () => {
  assert.deepEqual(toSegments([0, 2, 2, 3, 7, 0, 8, 1, 20, 0], 20), [
    { offset: 0, length: 5 },
    { offset: 8, length: 1 },
  ])
  assert.deepEqual(toSegments([], 5), [])
})

test("stretches that overlap, go backwards or leave the file are no map", () => {
  for (const [numbers, size] of [
    [[0, 5, 4, 1], 9],
    [[5, 1, 0, 1], 9],
    [[8, 2], 9],
    [[0], 9],
    [[0, -1], 9],
    [[-1, 1], 9],
    [[0, Number.NaN], 9],
  ] as const) {
    assert.equal(toSegments(numbers, size), undefined, String(numbers))
  }
  assert.equal(toSegments(new Array(MOST_SEGMENTS * 2 + 2).fill(0), 1), undefined)
})
