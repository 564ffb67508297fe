import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { test } from "node:test"
import { systemCode } from "./system-code.ts"

test("what the system refuses has its word, and anything else that is thrown has none", async () => {
  assert.equal(await readFile("/no/such/file").catch(systemCode), "ENOENT")
  assert.equal(await readFile("/etc/passwd/x").catch(systemCode), "ENOTDIR")
  try {
    readFileSync("/")
  } catch (error) {
    assert.equal(systemCode(error), "EISDIR")
  }
  for (const thrown of [undefined, null, "ENOENT", 7, {}, { code: 5 }, new Error("ENOENT")])
    assert.equal(systemCode(thrown), undefined)
})
