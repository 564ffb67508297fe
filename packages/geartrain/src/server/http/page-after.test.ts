import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { writeCursor } from "./page.ts"
import { pageAfter, readNumberCursor, readTextCursor } from "./page-after.ts"

test("a page says where the next one begins, when there is one", () => {
  const { items, next } = pageAfter(["a", "b", "c"], 2, (item) => [item])
  assert.deepEqual(items, ["a", "b"])
  assert.equal(readTextCursor(next), "b")
  assert.deepEqual(
    pageAfter([], 2, (item) => [item]),
    { items: [] },
  )
})

test("a cursor of another list, or of nobody's, is refused", () => {
  assert.equal(readNumberCursor(writeCursor([7])), 7)
  assert.equal(readNumberCursor(undefined), undefined)
  for (const cursor of ["", "x", writeCursor([]), writeCursor(["a", 1]), writeCursor([1.5]), writeCursor(["a"])])
    assert.throws(
      () => readNumberCursor(cursor),
      (error) => isGeartrainError(error, "CURSOR_UNFIT"),
      cursor,
    )
  assert.throws(
    () => readTextCursor(writeCursor([7])),
    (error) => isGeartrainError(error, "CURSOR_UNFIT"),
  )
})
