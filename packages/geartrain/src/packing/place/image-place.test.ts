import assert from "node:assert/strict"
import { test } from "node:test"
import { GeartrainError } from "@geartrain/spec"
import { HINTS } from "./image-hints.ts"
import { imageError, isContentError, quoted } from "./image-place.ts"

test("an error names image, part, entry and place, and ends with what to do", () => {
  const cause = new Error("below")
  const error = imageError(
    "IMAGE_DAMAGED",
    { reference: "a.tar", part: "layer 2 of 5" },
    { entry: "bin/sh", offset: 512, problem: "is broken", hint: HINTS.packAgain, cause },
  )
  assert.equal(error.message, 'Cannot read image "a.tar": layer 2 of 5: entry "bin/sh" (at byte 512) is broken')
  assert.deepEqual(error.details, { image: "a.tar", part: "layer 2 of 5", entry: "bin/sh", offset: 512 })
  assert.equal(error.hint, HINTS.packAgain)
  assert.equal(error.cause, cause)
})

test("a name from an archive can neither flood a terminal nor steer it", () => {
  const long = `${"a".repeat(5000)}end`
  const error = imageError("IMAGE_DAMAGED", { reference: "a.tar" }, { entry: long, problem: "is broken" })
  assert.ok(error.message.length < 300)
  assert.match(error.message, /a…a+end"/)
  assert.ok(String(error.details["entry"]).length < 200)
  assert.equal(quoted("a\u001b[31m\nb"), '"a\\u001b[31m\\nb"')
})

test("bytes that make no sense are told from what is wrong with an image that was understood", () => {
  const place = { reference: "a.tar" }
  for (const code of ["IMAGE_DAMAGED", "IMAGE_TRUNCATED", "IMAGE_FORMAT_UNKNOWN"] as const) {
    assert.ok(isContentError(imageError(code, place, { problem: "p" })), code)
  }
  assert.ok(!isContentError(imageError("IMAGE_PATH_OUTSIDE", place, { problem: "p" })))
  assert.ok(!isContentError(new GeartrainError("STORE_FULL", "m")))
  assert.ok(!isContentError(new Error("IMAGE_DAMAGED")))
})

test("every hint is one sentence without a full stop", () => {
  for (const hint of Object.values(HINTS)) assert.match(hint, /^[A-Z].*[^.]$/)
})
