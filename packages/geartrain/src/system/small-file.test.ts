import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { lookAtOnce, readSmallFile } from "./small-file.ts"

const folder = mkdtempSync(join(tmpdir(), "geartrain-small-"))
after(() => rmSync(folder, { recursive: true, force: true }))
const path = (name: string): string => join(folder, name)
writeFileSync(path("file"), "0123456789")
symlinkSync("file", path("link"))
symlinkSync("nowhere", path("dangling"))
mkdirSync(path("folder"))

test("a file has the bytes that it should have, and none of an empty one", () => {
  assert.equal(readSmallFile(path("file"), 10).toString(), "0123456789")
  writeFileSync(path("empty"), "")
  assert.equal(readSmallFile(path("empty"), 0).length, 0)
})

test("one that has grown shows a byte more and is not read to its end, one that has shrunk shows less", () => {
  assert.equal(readSmallFile(path("file"), 4).toString(), "01234")
  assert.equal(readSmallFile(path("file"), 0).toString(), "0")
  assert.equal(readSmallFile(path("file"), 100).toString(), "0123456789")
})

test("a link is not followed, and a pipe that nobody writes to is not waited for", () => {
  assert.throws(() => readSmallFile(path("link"), 10), { code: "ELOOP" })
  execFileSync("mkfifo", [path("pipe")])
  assert.throws(() => readSmallFile(path("pipe"), 10), { code: "ESPIPE" })
  assert.throws(() => readSmallFile(path("folder"), 10), { code: "EISDIR" })
})

test("looking tells what lies there itself, and nothing where there is nothing", () => {
  assert.equal(lookAtOnce(path("file"))?.size, 10)
  assert.equal(lookAtOnce(path("link"))?.isSymbolicLink(), true)
  assert.equal(lookAtOnce(path("dangling"))?.isSymbolicLink(), true)
  assert.equal(lookAtOnce(path("none")), undefined)
  assert.equal(lookAtOnce(path("file/below")), undefined)
  assert.throws(() => lookAtOnce(path("n".repeat(300))), { code: "ENAMETOOLONG" })
})
