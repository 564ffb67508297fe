import assert from "node:assert/strict"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import {
  isWritable,
  listKernelFolder,
  makeKernelFolder,
  readKernelFile,
  removeKernelFolder,
  writeKernelFile,
} from "./kernel-files.ts"

const folder = mkdtempSync(join(tmpdir(), "geartrain-kernel-"))
after(() => rmSync(folder, { recursive: true, force: true }))
const path = (name: string): string => join(folder, name)

test("what this kernel or this process does not have is undefined, and any other trouble is told", () => {
  assert.match(readKernelFile("/proc/self/status") ?? "", /^Name:/)
  assert.equal(readKernelFile("/proc/0/status"), undefined)
  assert.equal(readKernelFile("/proc/self/status/below"), undefined)
  assert.throws(() => readKernelFile("/proc/self"), { code: "EISDIR" })
  assert.ok(listKernelFolder("/proc/self/task")?.includes(String(process.pid)))
  assert.equal(listKernelFolder("/proc/0/task"), undefined)
  assert.equal(listKernelFolder("/proc/self/status"), undefined)
})

test("a counter is written in place, and none is made that is not there", () => {
  writeFileSync(path("limit"), "max\n")
  writeKernelFile(path("limit"), "100\n")
  assert.equal(readFileSync(path("limit"), "utf8"), "100\n")
  assert.throws(() => writeKernelFile(path("none"), "1"), { code: "ENOENT" })
})

test("a folder is removed only when it is empty, and one that is gone counts as removed", () => {
  makeKernelFolder(path("group"))
  assert.throws(() => makeKernelFolder(path("group")), { code: "EEXIST" })
  mkdirSync(path("group/box"))
  assert.equal(removeKernelFolder(path("group")), false)
  assert.equal(removeKernelFolder(path("group/box")), true)
  assert.equal(removeKernelFolder(path("group")), true)
  assert.equal(removeKernelFolder(path("group")), true)
  assert.throws(() => removeKernelFolder(path("limit")), { code: "ENOTDIR" })
})

test("what is not there cannot be written to", () => {
  assert.equal(isWritable(folder), true)
  assert.equal(isWritable(path("none")), false)
})
