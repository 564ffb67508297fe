import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { commonPrefix } from "./common-prefix.ts"

test("The common beginning is found wherever it ends", () => {
  const same = Buffer.alloc(1_500_000, "sequence")
  fc.assert(
    fc.property(fc.nat(same.length), fc.nat(same.length - 1), (length, at) => {
      const other = Buffer.from(same.subarray(0, length))
      if (at < length) other[at] = (other[at] ?? 0) ^ 1
      assert.equal(commonPrefix(same, other), Math.min(length, at))
      assert.equal(commonPrefix(other, same), Math.min(length, at))
    }),
    { seed: 9, numRuns: 60 },
  )
})
