import assert from "node:assert/strict"
import { test } from "node:test"
import { isSecret, makeToken, readToken } from "./secret-token.ts"

test("a token is read again, and only its own secret fits", () => {
  for (const kind of ["key", "job", "runner", "session"] as const) {
    const made = makeToken(kind)
    const read = readToken(made.text)
    assert.equal(read?.kind, kind)
    assert.equal(read?.id, made.id)
    assert.equal(isSecret(read, made.secretDigest), true)
    assert.equal(isSecret(read, makeToken(kind).secretDigest), false)
    assert.doesNotMatch(made.secretDigest, new RegExp(read.secret))
  }
})

test("what is no token is read as none", () => {
  const { text } = makeToken("key")
  for (const other of ["", "gtk_", `${text}0`, ` ${text}`, text.toUpperCase(), text.replace("gtk", "gtx"), `${text}\n`])
    assert.equal(readToken(other), undefined, other)
})
