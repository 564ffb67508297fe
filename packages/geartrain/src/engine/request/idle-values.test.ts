import assert from "node:assert/strict"
import { test } from "node:test"
import { idleValues } from "./idle-values.ts"
import { ownMember } from "./own-member.ts"

const ADDITIONS = { config: { radius: { when: { method: ["sphere", "cube"], debug: [null, false] } } } } as const

test("a value that was set and counts for nothing is named with what it would take", () => {
  assert.deepEqual(idleValues({ radius: 2 }, { radius: 2, method: "none" }, ADDITIONS), [
    'config "radius" has no effect: it counts only when "method" is "sphere" or "cube"',
  ])
  assert.deepEqual(idleValues({ radius: 2 }, { radius: 2, method: "cube", debug: true }, ADDITIONS), [
    'config "radius" has no effect: it counts only when "debug" is null or false',
  ])
})

test("a value that counts, and a default that nobody set, are not told", () => {
  assert.deepEqual(idleValues({ radius: 2 }, { radius: 2, method: "cube" }, ADDITIONS), [])
  assert.deepEqual(idleValues({}, { radius: 2, method: "none" }, ADDITIONS), [])
  assert.deepEqual(idleValues({ radius: 2 }, {}, {}), [])
})

test("values are the same when they mean the same, in whatever order their members stand", () => {
  const when = { config: { a: { when: { b: [[1, 2], { x: 1, y: 2 }] } } } } as never
  assert.deepEqual(idleValues({ a: 1 }, { b: { y: 2, x: 1 } }, when), [])
  assert.equal(idleValues({ a: 1 }, { b: [2, 1] }, when).length, 1)
})

test("names of JavaScript's own members are no members of anybody's record", () => {
  for (const name of ["constructor", "__proto__", "toString"]) assert.equal(ownMember({}, name), undefined)
  assert.equal(ownMember({ toString: 1 }, "toString"), 1)
  assert.equal(ownMember(undefined, "a"), undefined)
  const when = { config: { a: { when: { constructor: [null] } } } } as never
  assert.deepEqual(idleValues({ a: 1 }, {}, when), [])
})
