import assert from "node:assert/strict"
import { test } from "node:test"
import { numbersApart, toleranceFor } from "./numbers-apart.ts"

test("the largest of the differences counts, over all lines", () => {
  assert.equal(numbersApart("a 1 2\nb 3", "a 1 2.5\nb 3.25"), 0.5)
  assert.equal(numbersApart("same", "same"), 0)
})

test("where anything else differs there is no answer", () => {
  for (const [a, b] of [
    ["x 1", "y 1"],
    ["x 1", "x 1\n"],
    ["x 1", "x 1 1"],
    ["chr1", "chr2"],
    ["x 1e999", "x 1e998"],
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
