import assert from "node:assert/strict"
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import {
  emptySmallFolder,
  lookAt,
  makeFolderOf,
  readLink,
  removeAtOnce,
  removeIfSmall,
  writeSmallFile,
} from "./small-folders.ts"

const folder = mkdtempSync(join(tmpdir(), "geartrain-folders-"))
after(() => rmSync(folder, { recursive: true, force: true }))
const path = (name: string): string => join(folder, name)

test("a folder is made with those above it, and not where none can be made", () => {
  makeFolderOf(path("deep/er/est"), { mode: 0o700 })
  assert.ok(statSync(path("deep/er/est")).isDirectory())
  writeFileSync(path("plain"), "")
  assert.throws(() => makeFolderOf(path("plain"), { mode: 0o700 }), { code: "EEXIST" })
  assert.throws(() => makeFolderOf(path("plain/below"), { mode: 0o700 }), { code: "ENOTDIR" })
  // Of a process that has ended.
  assert.throws(() => makeFolderOf("/proc/999999999/root/tmp/folder", { mode: 0o700 }), { code: "ENOENT" })
})

test("a folder gets just the mode that is asked for, whatever the umask, also when it is there already", () => {
  const before = process.umask(0o077)
  try {
    makeFolderOf(path("open"), { mode: 0o1777 })
  } finally {
    process.umask(before)
  }
  assert.equal(statSync(path("open")).mode & 0o7777, 0o1777)
  makeFolderOf(path("open"), { mode: 0o700 })
  assert.equal(statSync(path("open")).mode & 0o7777, 0o700)
})

test("looking does not follow links, and a small file never replaces what lies there", () => {
  symlinkSync("somewhere/else", path("link"))
  assert.equal(lookAt(path("link"))?.isSymbolicLink(), true)
  assert.equal(readLink(path("link")), "somewhere/else")
  assert.equal(lookAt(path("none")), undefined)
  assert.throws(() => writeSmallFile(path("link"), "x", 0o600), { code: "EEXIST" })
  writeSmallFile(path("file"), "x", 0o600)
  assert.equal(statSync(path("file")).mode & 0o777, 0o600)
})

test("a folder is emptied of files, links and folders, what links point to stays, and the folder stays", () => {
  mkdirSync(path("full/inner/deeper"), { recursive: true })
  writeFileSync(path("full/inner/deeper/file"), "x")
  writeFileSync(path("full/file"), "x")
  mkdirSync(path("target"))
  writeFileSync(path("target/kept"), "x")
  symlinkSync(path("target"), path("full/link"))
  emptySmallFolder(path("full"))
  assert.deepEqual(readdirSync(path("full")), [])
  assert.ok(existsSync(path("target/kept")))
})

test("removing at once stops at the first thing that is not as it was expected", () => {
  mkdirSync(path("one"))
  writeFileSync(path("one/file"), "x")
  assert.equal(removeAtOnce([`${path("one")}/`]), false)
  assert.equal(removeAtOnce([path("one/file"), path("none"), `${path("one")}/`]), false)
  assert.ok(existsSync(path("one")))
  assert.equal(existsSync(path("one/file")), false)
  assert.equal(removeAtOnce([`${path("one")}/`]), true)
  assert.equal(existsSync(path("one")), false)
  assert.equal(removeAtOnce([]), true)
})

test("a small folder is removed at once with all that is in it, and what its links point to stays", () => {
  mkdirSync(path("small/inner/deeper"), { recursive: true })
  writeFileSync(path("small/inner/deeper/file"), "x")
  mkdirSync(path("kept"))
  writeFileSync(path("kept/file"), "x")
  symlinkSync(path("kept"), path("small/link"))
  assert.equal(removeIfSmall(path("small")), true)
  assert.equal(existsSync(path("small")), false)
  assert.deepEqual(readdirSync(path("kept")), ["file"])
})

test("a folder with many entries, a large file or a name that is not text is left for others to remove", () => {
  mkdirSync(path("many/inner"), { recursive: true })
  for (let n = 0; n < 100; n += 1) writeFileSync(path(`many/inner/${n}`), "")
  mkdirSync(path("large"))
  writeFileSync(path("large/file"), "")
  truncateSync(path("large/file"), 2 ** 30)
  mkdirSync(path("odd"))
  writeFileSync(Buffer.concat([Buffer.from(path("odd/")), Buffer.from([0xff])]), "")
  for (const name of ["many", "large", "odd", "not-there"]) assert.equal(removeIfSmall(path(name)), false, name)
  assert.equal(readdirSync(path("many/inner")).length, 100)
  assert.equal(existsSync(path("large/file")), true)
})
