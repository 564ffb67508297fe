import assert from "node:assert/strict"
import { test } from "node:test"
import { isSameText } from "./same-text.ts"

test("texts are the same when all their bytes are", () => {
  assert.equal(isSameText("ä", "ä"), true)
  assert.equal(isSameText("a", "b"), false)
  assert.equal(isSameText("a", "aa"), false)
  assert.equal(isSameText("", ""), true)
})
