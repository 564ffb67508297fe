import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { cellsOf, isWithin } from "./number-cells.ts"

test("numbers that stand by themselves are cells; parts of names are text", () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ["", []],
    ["1,2.5\t-3e-4", ["1", "2.5", "-3e-4"]],
    ["+.5 5.", ["+.5", "5."]],
    ["chr1 v1.2.3 a_1 1b 0x1f", []],
    ["(1) [2]", ["1", "2"]],
    ["nan inf", []],
  ]
  for (const [line, numbers] of cases) assert.deepEqual(cellsOf(line).numbers, numbers, line)
})

test("a line put together again is the line", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."01.-+eE ,\tab_"), maxLength: 20 }), (line) => {
      const { texts, numbers } = cellsOf(line)
      assert.equal(texts.length, numbers.length + 1)
      assert.equal(texts.map((text, index) => text + (numbers[index] ?? "")).join(""), line)
    }),
  )
})

function within(a: string, b: string, limits: { readonly absolute?: number; readonly relative?: number }): boolean {
  const both = isWithin(cellsOf(a), cellsOf(b), limits)
  assert.equal(isWithin(cellsOf(b), cellsOf(a), limits), both, "it is the same the other way round")
  return both
}

test("numbers may be as far apart as either limit says, and texts not at all", () => {
  assert.ok(within("x 1.00", "x 1.01", { absolute: 0.011 }))
  assert.ok(!within("x 1.00", "x 1.01", { absolute: 0.009 }))
  assert.ok(within("100", "101", { relative: 0.01 }))
  assert.ok(!within("100", "102", { relative: 0.01 }))
  assert.ok(within("1", "1.0", {}), "the same number, written in another way")
  assert.ok(!within("x 1", "y 1", { absolute: 9 }))
  assert.ok(!within("1 2", "1", { absolute: 9 }))
  assert.ok(!within("1", "a", { absolute: 9 }))
})

test("numbers that no double holds are the same only when they are written alike", () => {
  assert.ok(within("1e999", "1e999", {}))
  assert.ok(!within("1e999", "1e998", { relative: 1, absolute: Number.POSITIVE_INFINITY }))
})
