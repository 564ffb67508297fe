import assert from "node:assert/strict"
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { openScratchFile } from "./scratch-file.ts"

const folder = mkdtempSync(join(tmpdir(), "geartrain-scratch-"))
after(() => rmSync(folder, { recursive: true, force: true }))

test("what was written is read again from any place, and what was not is refused", () => {
  const scratch = openScratchFile(folder)
  scratch.write(Buffer.from("later"), 100)
  scratch.write(Buffer.from("first"), 0)
  const read = Buffer.alloc(5)
  scratch.read(read, 100)
  assert.equal(read.toString(), "later")
  scratch.read(read, 0)
  assert.equal(read.toString(), "first")
  assert.throws(() => scratch.read(read, 103), RangeError)
  scratch.close()
})

test("it has no name from the beginning, and once closed it is gone", () => {
  const scratch = openScratchFile(folder)
  assert.deepEqual(readdirSync(folder), [])
  scratch.close()
  scratch.close()
  assert.throws(() => scratch.read(Buffer.alloc(1), 0), TypeError)
  assert.throws(() => scratch.write(Buffer.alloc(1), 0), TypeError)
  assert.throws(() => openScratchFile(join(folder, "none")), { code: "ENOENT" })
})
