import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { compareVersions } from "./compare-versions.ts"

test("versions stand in the order in which people read them", () => {
  for (const order of [
    ["1.9", "1.10"],
    ["0.9", "1"],
    ["1", "1.0", "1.0.0"],
    ["1.0.0-alpha", "1.0.0-beta", "1.0.0-rc1", "1.0.0-rc2", "1.0.0"],
    ["1.0.0b2", "1.0.0rc1", "1.0.0"],
    ["1.0.0", "1.0.0-2", "1.0.0-10"],
    ["1.0.0", "1.0.0_2.1"],
    ["v1.2", "v1.10"],
    ["1.2", "v1.3", "1.4"],
    ["99999999999999999998", "99999999999999999999"],
    ["alpha", "1"],
  ])
    assert.deepEqual(order.toReversed().toSorted(compareVersions), order)
})

test("only the same text is the same version", () => {
  assert.equal(compareVersions("1.0", "1.0"), 0)
  assert.notEqual(compareVersions("1.01", "1.1"), 0)
  assert.notEqual(compareVersions("v1", "1"), 0)
})

test("it is one order of all versions, of whatever text", () => {
  const version = fc.string({ unit: fc.constantFrom(..."0129.-_+abv"), maxLength: 6 })
  fc.assert(
    fc.property(version, version, version, (a, b, c) => {
      assert.equal(Math.sign(compareVersions(a, b)) + Math.sign(compareVersions(b, a)), 0)
      if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0) assert.ok(compareVersions(a, c) <= 0)
    }),
    { numRuns: 2000 },
  )
})
