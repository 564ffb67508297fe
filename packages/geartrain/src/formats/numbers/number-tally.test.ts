import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import type { NumberErrors } from "../file-comparison.ts"
import { errorText, NumberTally } from "./number-tally.ts"

const PLAIN = { scale: 1, offset: 0 }
const INFINITE = Number.POSITIVE_INFINITY

function tallied(a: readonly number[], b: readonly number[], scaling = PLAIN): NumberErrors {
  const tally = new NumberTally()
  tally.addAll(Float64Array.from(a), Float64Array.from(b), scaling)
  return tally.errors
}

/** The same, number by number, and as plainly as can be. */
function plainly(a: readonly number[], b: readonly number[]): NumberErrors {
  const pairs = a.map((one, index) => [one, b[index] ?? Number.NaN] as const)
  const apart = pairs.filter(([x, y]) => x !== y && !(Number.isNaN(x) && Number.isNaN(y)))
  const errors = apart.map(([x, y]) => (Number.isFinite(x - y) ? Math.abs(x - y) : INFINITE))
  const relative = apart.map(([x, y]) =>
    Number.isFinite(x - y) ? Math.abs(x - y) / Math.max(Math.abs(x), Math.abs(y)) : INFINITE,
  )
  return {
    compared: a.length,
    differing: apart.length,
    largestAbsolute: Math.max(0, ...errors),
    largestRelative: Math.max(0, ...relative),
  }
}

const anyNumber = fc.oneof(
  fc.double(),
  fc.constantFrom(0, -0, 1, -1, Number.NaN, INFINITE, -INFINITE, Number.MAX_VALUE, Number.MIN_VALUE),
)

test("many numbers at once are measured as they would be one by one, whatever numbers they are", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(anyNumber, anyNumber), { maxLength: 20 }), (pairs) => {
      const [a, b] = [pairs.map(([x]) => x), pairs.map(([, y]) => y)]
      const found = tallied(a, b)
      const wanted = plainly(a, b)
      assert.deepEqual(
        [found.compared, found.differing, found.largestAbsolute],
        [wanted.compared, wanted.differing, wanted.largestAbsolute],
      )
      assert.ok(
        found.largestRelative === wanted.largestRelative ||
          Math.abs(found.largestRelative - wanted.largestRelative) < 1e-12,
      )
      const tally = new NumberTally()
      for (const [x, y] of pairs) tally.add(x, y)
      assert.deepEqual(tally.errors, wanted)
    }),
  )
})

test("what is no number on one side only is as far apart as can be, and on both sides is alike", () => {
  assert.deepEqual(tallied([Number.NaN], [Number.NaN]), {
    compared: 1,
    differing: 0,
    largestAbsolute: 0,
    largestRelative: 0,
  })
  assert.deepEqual(tallied([Number.NaN, 1], [1, 1]), {
    compared: 2,
    differing: 1,
    largestAbsolute: INFINITE,
    largestRelative: INFINITE,
  })
  assert.equal(tallied([INFINITE], [INFINITE]).differing, 0)
  assert.equal(tallied([INFINITE], [-INFINITE]).largestAbsolute, INFINITE)
})

test("scaled numbers are measured as what they stand for, and differ even where scaling hides it", () => {
  assert.deepEqual(tallied([10], [12], { scale: 0.5, offset: 5 }), {
    compared: 1,
    differing: 1,
    largestAbsolute: 1,
    largestRelative: 1 / 11,
  })
  assert.equal(tallied([1], [2], { scale: 0, offset: 7 }).differing, 1)
})

test("integers of 8 bytes differ in their last digit, where doubles would be the same", () => {
  const tally = new NumberTally()
  tally.addAllLong(BigInt64Array.of(2n ** 62n, 5n), BigInt64Array.of(2n ** 62n + 1n, 5n), PLAIN)
  assert.deepEqual([tally.errors.compared, tally.errors.differing, tally.errors.largestAbsolute], [2, 1, 1])
})

test("portions add up, and the largest of all counts", () => {
  const tally = new NumberTally()
  tally.addEqual(10)
  tally.add(1, 3)
  tally.addAll(Float64Array.of(4), Float64Array.of(5), PLAIN)
  assert.deepEqual(tally.errors, { compared: 12, differing: 2, largestAbsolute: 2, largestRelative: 2 / 3 })
})

test("an error without bound is told as that", () => {
  assert.equal(errorText(tallied([Number.NaN], [0])), "1 of 1 numbers differ, by no bound at most (relative no bound)")
  assert.equal(errorText(tallied([1, 2], [1, 2])), "the same 2 numbers")
})
