import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { rmdirSync, statSync } from "node:fs"
import { test } from "node:test"
import { makeTemporaryFolder } from "./temporary-folder.ts"
import { userFile } from "./user-files.ts"

test("a variable that is not set, or is set to nothing, names no file", () => {
  const name = "GEARTRAIN_TEST_FOLDER"
  delete process.env[name]
  assert.equal(userFile(name, "auth.json"), undefined)
  process.env[name] = ""
  assert.equal(userFile(name, "auth.json"), undefined)
  process.env[name] = "/home/somebody"
  assert.equal(userFile(name, "containers/auth.json"), "/home/somebody/containers/auth.json")
  delete process.env[name]
})

test("standard input comes out of standard output byte by byte, and is waited for", () => {
  const module = new URL("./user-files.ts", import.meta.url).href
  const program = `
    const { standardInput, standardOutput } = await import(${JSON.stringify(module)})
    for await (const piece of standardInput()) await standardOutput().write(piece)`
  const bytes = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, index) => index % 251))
  const out = execFileSync(process.execPath, ["--input-type=module", "--eval", program], { input: bytes })
  assert.ok(bytes.equals(out))
})

test("a temporary folder is new each time, and its owner's alone", async () => {
  const folders = [await makeTemporaryFolder("geartrain-test-"), await makeTemporaryFolder("geartrain-test-")]
  assert.notEqual(folders[0], folders[1])
  for (const folder of folders) {
    assert.equal(statSync(folder).mode & 0o777, 0o700)
    rmdirSync(folder)
  }
})
