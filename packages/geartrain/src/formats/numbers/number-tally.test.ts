import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { NumberTally } from "./number-tally.ts"
import { type NumberType, viewNumbers } from "./number-type.ts"

const AS_STORED = { scale: 1, offset: 0 }
const SPECIAL = [0, -0, 1, -1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e308, -1e308, 5e-324]

test("Many numbers are told apart just as one by one", () => {
  const number = fc.oneof(fc.constantFrom(...SPECIAL), fc.double())
  fc.assert(
    fc.property(fc.array(fc.tuple(number, number), { maxLength: 20 }), (pairs) => {
      const [many, single] = [new NumberTally(), new NumberTally()]
      many.addAll(
        Float64Array.from(pairs, ([a]) => a),
        Float64Array.from(pairs, ([, b]) => b),
        AS_STORED,
      )
      for (const [a, b] of pairs) single.add(a, b)
      const [found, wanted] = [many.errors, single.errors]
      assert.deepEqual([found.compared, found.differing], [wanted.compared, wanted.differing])
      assert.equal(found.largestAbsolute, wanted.largestAbsolute)
      const isClose = Math.abs(found.largestRelative - wanted.largestRelative) <= wanted.largestRelative * 1e-15
      assert.ok(isClose || found.largestRelative === wanted.largestRelative)
    }),
    { seed: 5, numRuns: 500 },
  )
})

test("What differs in the file differs, also where the scaling hides it", () => {
  for (const scaling of [
    { scale: 1, offset: 1e30 },
    { scale: 1, offset: Number.POSITIVE_INFINITY },
    { scale: 1e-320, offset: 1 },
  ]) {
    const tally = new NumberTally()
    tally.addAll(Float32Array.of(1, 2), Float32Array.of(1, 3), scaling)
    assert.equal(tally.errors.differing, 1)
  }
})

test("Integers of 8 bytes differ where their last digit does", () => {
  const tally = new NumberTally()
  tally.addAllLong(BigInt64Array.of(2n ** 53n, -5n), BigInt64Array.of(2n ** 53n + 1n, -5n), { scale: 2, offset: 1 })
  assert.deepEqual(tally.errors, {
    compared: 2,
    differing: 1,
    largestAbsolute: 2,
    largestRelative: 1 / (2 ** 53 + 0.5),
  })
})

test("Numbers of every type are read in either order of bytes, wherever they lie", () => {
  const kinds: readonly Pick<NumberType, "kind" | "bytes">[] = [
    ...([1, 2, 4, 8] as const).flatMap((bytes) => [{ kind: "int", bytes } as const, { kind: "uint", bytes } as const]),
    { kind: "float", bytes: 2 },
    { kind: "float", bytes: 4 },
    { kind: "float", bytes: 8 },
  ]
  for (const kind of kinds) {
    for (const shift of [0, 1]) {
      // 1 in every type: an integer by its last byte, a number with a point by its exponent.
      const one = { int: [1], uint: [1], float: { 2: [0x3c, 0], 4: [0x3f, 0x80, 0, 0], 8: [0x3f, 0xf0] } }
      const digits = kind.kind === "float" ? one.float[kind.bytes as 2 | 4 | 8] : undefined
      const big = Buffer.alloc(kind.bytes)
      if (digits === undefined) big[kind.bytes - 1] = 1
      else big.set(digits)
      const place = Buffer.alloc(kind.bytes + shift)
      place.set(big, shift)
      assert.equal(Number(viewNumbers(place.subarray(shift), { ...kind, endian: "big" })[0]), 1)
      place.set(big.toReversed(), shift)
      assert.equal(Number(viewNumbers(place.subarray(shift), { ...kind, endian: "little" })[0]), 1)
    }
  }
})
