import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { coordinates, sizeOf } from "./place-name.ts"

test("every value of an array has coordinates of its own, each below the length of its axis", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 4 }), (shape) => {
      const places = Array.from({ length: sizeOf(shape) }, (_, index) => coordinates(index, shape))
      assert.equal(new Set(places.map(String)).size, sizeOf(shape))
      for (const place of places) for (const [axis, at] of place.entries()) assert.ok(at < (shape[axis] ?? 0))
    }),
  )
})

test("the first axis runs fastest", () => {
  assert.deepEqual(
    [0, 1, 2, 3].map((index) => coordinates(index, [2, 2])),
    [
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 1],
    ],
  )
})

test("an axis of no length has no values, and breaks nothing", () => {
  assert.equal(sizeOf([3, 0, 2]), 0)
  assert.deepEqual(coordinates(5, [3, 0]), [2, 0])
  assert.deepEqual([sizeOf([]), coordinates(0, [])], [1, []])
})
