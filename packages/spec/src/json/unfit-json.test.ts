import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { canonicalJson } from "./canonical-json.ts"
import type { JsonValue } from "./json-value.ts"
import { unfitJson } from "./unfit-json.ts"

test("what canonical JSON cannot hold is unfit, at any depth and in any key", () => {
  for (const value of ["\ud800", ["a", "\udc00"], { a: { b: "x\ud83d" } }, { "\ud800": 1 }]) {
    assert.equal(unfitJson(value), "holds half of a character, without the other half")
    assert.throws(() => canonicalJson(value), TypeError)
  }
  assert.equal(unfitJson([Number.NaN]), "holds a number that is not finite")
})

test("a value that is too deep is unfit, however deep it is", () => {
  let value: JsonValue = 1
  for (let level = 0; level < 64; level++) value = [value]
  assert.equal(unfitJson(value), undefined)
  for (let level = 0; level < 100_000; level++) value = [value]
  assert.equal(unfitJson(value), "has more than 64 levels")
})

test("what is fit has a canonical form", () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false, stringUnit: "binary" }), (value) => {
      assert.equal(unfitJson(value as JsonValue), undefined)
      assert.equal(typeof canonicalJson(value as JsonValue), "string")
    }),
    { numRuns: 200 },
  )
})
