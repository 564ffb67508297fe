import assert from "node:assert/strict"
import { lstatSync, readFileSync } from "node:fs"
import { test } from "node:test"
import { explainSystemError } from "./explain-system-error.ts"

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: no`), { code, syscall: "write", path: "/a\u001b" })
}

test("what the system refused is told with the call, the path and what to do", () => {
  const error = explainSystemError(systemError("ENOSPC"))
  assert.equal(error?.code, "SYSTEM_REFUSED")
  assert.equal(error?.message, 'Cannot finish: the system refused write "/a\\x1b": the disk is full')
  assert.equal(error?.fault, "platform")
  assert.match(error?.hint ?? "", /gear store gc/)
})

test("a path that no disk could have is no bug of ours either", () => {
  for (const path of ["a".repeat(300), `/${"a/".repeat(5000)}`]) {
    try {
      lstatSync(path)
      assert.fail("there is such a file")
    } catch (error) {
      assert.match(explainSystemError(error)?.message ?? "", /: a name in it is longer than the disk allows$/)
    }
  }
  assert.match(explainSystemError(systemError("ELOOP"))?.message ?? "", /lead in a circle$/)
})

test("whatever else goes wrong stays what it is", () => {
  assert.equal(explainSystemError(systemError("ENOENT")), undefined)
  assert.equal(explainSystemError(new TypeError("x")), undefined)
  assert.equal(explainSystemError("ENOSPC"), undefined)
  try {
    readFileSync("/nowhere/at/all")
  } catch (error) {
    assert.equal(explainSystemError(error), undefined)
  }
})
