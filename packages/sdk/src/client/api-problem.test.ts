import assert from "node:assert/strict"
import { test } from "node:test"
import { answered } from "./answered.ts"
import { errorOfReply } from "./api-problem.ts"

test("an error of the server's is the same error here: code, words, hint and details", () => {
  const error = errorOfReply(404, {
    code: "BLOB_NOT_FOUND",
    title: "No blob",
    detail: "Cannot read it",
    hint: "Look again",
    details: { digest: "x", status: 1 },
  })
  assert.deepEqual([error.code, error.message, error.hint], ["BLOB_NOT_FOUND", "Cannot read it", "Look again"])
  // The status is what was answered, whatever the body says.
  assert.deepEqual(error.details, { digest: "x", status: 404 })
})

test("words that are missing or none are those of the catalogue", () => {
  for (const detail of [undefined, "", 7, null]) {
    const error = errorOfReply(404, { code: "BLOB_NOT_FOUND", detail, hint: "", details: ["x"] })
    assert.match(error.message, /\S/)
    assert.equal(error.hint, undefined)
    assert.deepEqual(error.details, { status: 404 })
  }
})

test("a code that this program does not know is told as such, with what the server says of it", () => {
  const error = errorOfReply(409, { code: "FROM_LATER", detail: "Not today" })
  assert.deepEqual([error.code, error.message], ["SERVER_REFUSED", "Not today"])
  assert.deepEqual(error.details, { status: 409, code: "FROM_LATER" })
  assert.match(error.hint ?? "", /newer/)
  // No code of ours, though every object has it.
  assert.equal(errorOfReply(400, { code: "constructor" }).code, "SERVER_REFUSED")
})

test("what stands between and answers instead of the server is told apart", () => {
  for (const body of [undefined, null, "<html>", [], {}, { code: 7 }]) {
    const error = errorOfReply(502, body)
    assert.equal(error.code, "SERVER_REPLY_UNREADABLE")
    assert.match(error.message, /502/)
  }
})

test("an answer without a body is an error, and one with an empty list is none", () => {
  assert.throws(() => answered({}), { code: "SERVER_REPLY_UNREADABLE" })
  assert.deepEqual(answered({ data: [] }), [])
  assert.equal(answered({ data: 0 }), 0)
})
