import assert from "node:assert/strict"
import { test } from "node:test"
import { numbersApart, toleranceFor } from "./numbers-apart.ts"

test("the largest of the differences counts, over all lines", () => {
  assert.deepEqual(numbersApart("a 1 2\nb 3", "a 1 2.5\nb 4"), { absolute: 1, relative: 0.25 })
  assert.deepEqual(numbersApart("same", "same"), { absolute: 0, relative: 0 })
})

test("where anything else differs there is no answer", () => {
  for (const [a, b] of [
    ["x 1", "y 1"],
    ["x 1", "x 1\n"],
    ["x 1", "x 1 1"],
    ["chr1", "chr2"],
    ["x 1e999", "x 1e998"],
    ["x 1 2", "x 1  "],
  ] as const)
    assert.equal(numbersApart(a, b), undefined, `${a} ${b}`)
})

test("a tolerance is the next power of ten", () => {
  for (const [apart, tolerance] of [
    [4e-6, 1e-5],
    [1e-5, 1e-5],
    [0.3, 1],
    [17, 100],
  ] as const)
    assert.equal(toleranceFor(apart), tolerance)
})
