import assert from "node:assert/strict"
import { test } from "node:test"
import { applyEdits } from "./text-edit.ts"

test("changes are made in whatever order they come", () => {
  const edits = [
    { start: 4, end: 5, text: "E" },
    { start: 0, end: 0, text: "_" },
    { start: 1, end: 3, text: "" },
  ]
  assert.deepEqual(applyEdits("abcde", edits), { text: "_adE", made: 3 })
  assert.deepEqual(applyEdits("abc", []), { text: "abc", made: 0 })
})

test("of changes that touch each other the first is made", () => {
  const edits = [
    { start: 0, end: 2, text: "x" },
    { start: 1, end: 3, text: "y" },
    { start: 2, end: 3, text: "z" },
  ]
  assert.deepEqual(applyEdits("abcd", edits), { text: "xcd", made: 1 })
})
