import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { etagOf, readIfMatch } from "./etag.ts"

test("a revision is read from the ETag that was made of it", () => {
  assert.equal(readIfMatch(etagOf(7)), 7)
  assert.equal(readIfMatch(undefined), undefined)
  assert.equal(readIfMatch("*"), undefined)
})

test("what is no ETag of ours is refused", () => {
  for (const header of ["", "7", 'W/"7"', '"x"', '"1", "2"', `"${"9".repeat(40)}"`])
    assert.throws(
      () => readIfMatch(header),
      (error) => isGeartrainError(error, "REQUEST_INVALID"),
      header,
    )
})
