import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import type { JsonObject } from "../json/json-value.ts"
import { METADATA_LEVELS, METADATA_MEMBERS } from "./metadata-members.ts"
import { leavesOf, valueAt } from "./value-leaves.ts"

test("every leaf of a value is found again at its path", () => {
  const objects = fc.dictionary(
    fc.string(),
    fc.oneof({ maxDepth: 3 }, fc.jsonValue(), fc.dictionary(fc.string(), fc.jsonValue())),
  )
  fc.assert(
    fc.property(objects, (given) => {
      const value = JSON.parse(JSON.stringify(given)) as JsonObject
      for (const { path, leaf } of leavesOf(value, [])) assert.deepEqual(valueAt(value, path), { value: leaf })
    }),
  )
})

test("lists are leaves, and so is an object without members", () => {
  assert.deepEqual(leavesOf({ a: [1, { b: 2 }], c: {} }, ["info"]), [
    { path: ["info", "a"], leaf: [1, { b: 2 }] },
    { path: ["info", "c"], leaf: {} },
  ])
})

test("what stands in the way is answered, and nothing is where null is", () => {
  assert.deepEqual(valueAt({ a: 7 }, ["a", "b", "c"]), { value: 7 })
  assert.deepEqual(valueAt({ a: [1] }, ["a", 0]), { value: [1] })
  assert.equal(valueAt({ a: null }, ["a", "b"]), undefined)
  assert.deepEqual(valueAt({ a: null }, ["a"]), { value: null })
})

test("members of JavaScript's own are at no path", () => {
  for (const name of ["constructor", "__proto__", "toString"]) assert.equal(valueAt({}, [name]), undefined, name)
})

test("a job may say of every level what its document may, but for descriptions that only people write", () => {
  assert.deepEqual(Object.keys(METADATA_MEMBERS).toSorted(), METADATA_LEVELS.toSorted())
  assert.equal(METADATA_MEMBERS.project["description"], undefined)
  assert.equal(METADATA_MEMBERS.session["age"], "count")
})
