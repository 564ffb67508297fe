import assert from "node:assert/strict"
import { test } from "node:test"
import { countsAsTrue, isJsonArray, isJsonObject, jsonKind, memberOf, showJson, textOf } from "./json-kind.ts"
import type { JsonValue } from "./json-value.ts"

test("every value is of one kind", () => {
  const kinds = [null, true, 1, "a", [], {}, Object.create(null)].map((value: JsonValue) => jsonKind(value))
  assert.deepEqual(kinds, ["null", "boolean", "number", "string", "array", "object", "object"])
  assert.deepEqual(
    [isJsonObject({}), isJsonObject([]), isJsonObject(null), isJsonObject(undefined)],
    [true, false, false, false],
  )
  assert.deepEqual([isJsonArray([]), isJsonArray({ length: 0 })], [true, false])
})

test("a member is one of the object's own", () => {
  assert.equal(memberOf({ a: null }, "a"), null)
  assert.equal(memberOf({}, "constructor"), undefined)
  assert.equal(memberOf(JSON.parse('{"__proto__": 1}'), "__proto__"), 1)
})

test("a value in a message is cut, and an object without prototype does not break it", () => {
  assert.equal(showJson("a".repeat(100)).length, 78)
  assert.equal(showJson(Object.create(null)), "{}")
  assert.equal(textOf(Object.create(null)), "{}")
  assert.equal(textOf("a"), "a")
})

test("what counts as true is what Python takes for true", () => {
  for (const value of [true, 1, -1, 0.5, "false", "0", " ", [0], { a: 0 }]) assert.equal(countsAsTrue(value), true)
  for (const value of [false, 0, -0, "", null, [], {}]) assert.equal(countsAsTrue(value), false)
})
