import assert from "node:assert/strict"
import { test } from "node:test"
import type { Members } from "@geartrain/spec/archive"
import { leafSet, leafUnset } from "./leaves.ts"
import { checkFields, type MetadataPatch, patchMetadata, patchTags } from "./patch-metadata.ts"
import { needRevision } from "./revision.ts"

const MEMBERS: Members = { label: "text", info: "object", tags: "tags", weight: "number" }

function patched(fields: Parameters<typeof leafSet>[0], patch: MetadataPatch) {
  return patchMetadata({ fields, tags: [] }, patch, MEMBERS).fields
}

test("a leaf is put where its path leads, and what is no object and stands in the way is replaced", () => {
  assert.deepEqual(leafSet({}, ["a", "b"], 1), { a: { b: 1 } })
  assert.deepEqual(leafSet({ a: [1], c: 2 }, ["a", "b"], 1), { a: { b: 1 }, c: 2 })
  assert.deepEqual(leafSet({ a: 1 }, [], 2), { a: 1 })
})

test("names that every object has lead to nothing but what was put there", () => {
  const set = leafSet({}, ["__proto__", "polluted"], true)
  assert.deepEqual(Object.keys(set), ["__proto__"])
  assert.equal(({} as { polluted?: boolean }).polluted, undefined)
  assert.deepEqual(leafUnset({ a: 1 }, ["constructor", "name"]), { a: 1 })
})

test("what is taken away is only what the path leads to", () => {
  assert.deepEqual(leafUnset({ a: { b: 1, c: 2 } }, ["a", "b"]), { a: { c: 2 } })
  assert.deepEqual(leafUnset({ a: { b: 1 } }, ["a", "b"]), { a: {} })
  for (const path of [[], ["x"], ["a", "b", "c"], ["a", "x"]])
    assert.deepEqual(leafUnset({ a: { b: 1 } }, path), { a: { b: 1 } })
})

test("nothing that was there is changed in place", () => {
  const before = { info: { a: { b: 1 } } }
  const text = JSON.stringify(before)
  leafSet(before, ["info", "a", "c"], 2)
  leafUnset(before, ["info", "a", "b"])
  assert.equal(JSON.stringify(before), text)
})

test("members that are not named stay, and of info those leaves that are not named", () => {
  assert.deepEqual(patched({ label: "a", info: { x: 1, y: { z: 2 } } }, { set: { info: { y: { w: 3 } } } }), {
    label: "a",
    info: { x: 1, y: { z: 2, w: 3 } },
  })
})

test("an empty object leaves an object as it is, and takes the place of anything else", () => {
  assert.deepEqual(patched({ info: { a: 1 } }, { set: { info: {} } }), { info: { a: 1 } })
  assert.deepEqual(patched({ info: { a: 1 } }, { set: { info: { a: {} } } }), { info: { a: {} } })
})

test("what is set and taken away in one change is gone", () => {
  assert.deepEqual(patched({}, { set: { info: { a: 1, b: 2 } }, unset: [["info", "a"]] }), { info: { b: 2 } })
})

test("members that there are not, tags as a member, and values of another kind are refused", () => {
  const cases: readonly (readonly [MetadataPatch, RegExp])[] = [
    [{ set: { colour: "red" } }, /there is no "colour" here, but label, info, weight$/],
    [{ set: { tags: ["a"] } }, /there is no "tags" here/],
    [{ set: { constructor: 1 } }, /there is no "constructor" here/],
    [{ set: { weight: "old" } }, /: weight: /],
    [{ unset: [["colour"]] }, /there is no "colour"/],
    [{ unset: [[]] }, /there is no "" here/],
  ]
  for (const [patch, message] of cases) assert.throws(() => patched({}, patch), { code: "METADATA_UNFIT", message })
  assert.throws(() => checkFields({ weight: [] }, MEMBERS), { code: "METADATA_UNFIT" })
})

test("metadata has a depth and a size", () => {
  const nested = (levels: number) => {
    let value: Parameters<typeof leafSet>[2] = 1
    for (let level = 0; level < levels; level++) value = [value]
    return { info: { value } }
  }
  assert.deepEqual(patched({}, { set: nested(45) }), nested(45))
  assert.throws(() => patched({}, { set: nested(46) }), { code: "METADATA_UNFIT", message: /deeper than 48 levels/ })
  assert.throws(() => patched({}, { set: { label: "x".repeat(16 * 1024 * 1024) } }), { message: /bytes/ })
})

test("tags stand in one order, each once, and what is added and removed is not there", () => {
  assert.deepEqual(patchTags(["b"], { addTags: ["a", "b", "c"], removeTags: ["c"] }), ["a", "b"])
  // The same letters, written in two ways.
  assert.deepEqual(patchTags(["Z\u00fcrich"], { removeTags: ["Zu\u0308rich"] }), [])
  assert.throws(() => patchTags([], { addTags: [" a"] }), { code: "NAME_UNFIT" })
  const many = Array.from({ length: 501 }, (_, index) => `t${index}`)
  assert.throws(() => patchTags([], { addTags: many }), { code: "METADATA_UNFIT", message: /501 tags/ })
})

test("a change of what somebody else has changed meanwhile is refused, by both revisions", () => {
  needRevision({ id: "x", revision: 3 }, 3)
  needRevision({ id: "x", revision: 3 }, undefined)
  for (const expected of [2, 4, 0])
    assert.throws(() => needRevision({ id: "x", revision: 3 }, expected), {
      code: "ETAG_MISMATCH",
      message: `Cannot change "x": it is at revision 3, and ${expected} was read`,
    })
})
