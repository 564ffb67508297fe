import assert from "node:assert/strict"
import { test } from "node:test"
import canonicalize from "canonicalize"
import fc from "fast-check"
import { canonicalJson } from "./canonical-json.ts"
import type { JsonValue } from "./json-value.ts"
import { parseJson } from "./parse-json.ts"

test("members are sorted by UTF-16 code units, at every level", () => {
  assert.equal(canonicalJson({ b: { z: 1, a: 2 }, a: [{ d: 1, c: 2 }] }), '{"a":[{"c":2,"d":1}],"b":{"a":2,"z":1}}')
  // RFC 8785, section 3.2.3: the emoji's first code unit is below that of U+FB33.
  assert.equal(
    canonicalJson({ "\ufb33": 1, "😀": 2, "\u20ac": 3, "1": 4, "\r": 5 }),
    '{"\\r":5,"1":4,"€":3,"😀":2,"\ufb33":1}',
  )
})

test("numbers take the shortest form", () => {
  // RFC 8785, appendix B.
  const numbers: readonly (readonly [number, string])[] = [
    [0, "0"],
    [-0, "0"],
    [5e-324, "5e-324"],
    [1.7976931348623157e308, "1.7976931348623157e+308"],
    [9007199254740992, "9007199254740992"],
    [295147905179352830000, "295147905179352830000"],
    [1e21, "1e+21"],
    [9.999999999999997e22, "9.999999999999997e+22"],
    [1e-7, "1e-7"],
    [0.000001, "0.000001"],
    [333333333.3333332, "333333333.3333332"],
  ]
  for (const [number, text] of numbers) assert.equal(canonicalJson(number), text)
})

test("what JSON cannot hold is a bug of the caller", () => {
  for (const value of [
    Number.NaN,
    Number.POSITIVE_INFINITY,
    "\ud800",
    { "\udc00": 1 },
    undefined,
    () => 1,
    [undefined],
  ]) {
    assert.throws(() => canonicalJson(value as JsonValue), TypeError)
  }
})

test("it writes what the npm package canonicalize writes, and what it writes is read as it was", () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false, stringUnit: "grapheme" }), (value) => {
      const text = canonicalJson(value as JsonValue)
      assert.equal(text, canonicalize(value))
      const read = parseJson(text)
      assert.ok(read.ok, text)
      assert.equal(canonicalJson(read.document.value), text)
    }),
    { numRuns: 1000 },
  )
})
