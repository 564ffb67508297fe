import assert from "node:assert/strict"
import { test } from "node:test"
import { secretVariable } from "./secret-variable.ts"

test("a variable that is not set is told from an empty one", () => {
  assert.equal(secretVariable("KEY", { KEY: "s" }), "s")
  assert.equal(secretVariable("KEY", { KEY: "" }), "")
  assert.equal(secretVariable("KEY", {}), undefined)
})
