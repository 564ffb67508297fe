import assert from "node:assert/strict"
import { chmodSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { systemCode } from "../system-code.ts"
import { mkdir } from "./make-folders.ts"

const top = mkdtempSync(join(tmpdir(), "geartrain-folders-"))
after(() => rmSync(top, { recursive: true }))

const codeOf = async (work: Promise<unknown>): Promise<string | undefined> =>
  await work.then(
    () => undefined,
    (error: unknown) => systemCode(error),
  )

test("all that are not there are made, with their mode, and once more is no fault", async () => {
  const path = join(top, "a/b/c")
  await Promise.all([
    mkdir(path, { recursive: true, mode: 0o700 }),
    mkdir(`${path}/d/`, { recursive: true, mode: 0o700 }),
  ])
  await mkdir(path, { recursive: true, mode: 0o755 })
  assert.equal(statSync(join(top, "a")).mode & 0o777, 0o700)
  assert.equal(statSync(join(path, "d")).mode & 0o777, 0o700)
  await mkdir("/", { recursive: true })
  await mkdir(".", { recursive: true })
})

test("where the kernel has no room for a folder it is refused, and nobody tries for ever", {
  timeout: 30_000,
}, async () => {
  assert.equal(await codeOf(mkdir("/proc/x", { recursive: true })), "ENOENT")
  assert.equal(await codeOf(mkdir("/proc/x/y/z", { recursive: true })), "ENOENT")
})

test("what is no folder is refused, and a link to one is one", async () => {
  writeFileSync(join(top, "file"), "")
  assert.equal(await codeOf(mkdir(join(top, "file"), { recursive: true })), "EEXIST")
  assert.equal(await codeOf(mkdir(join(top, "file/below"), { recursive: true })), "ENOTDIR")
  symlinkSync("nowhere", join(top, "broken"))
  assert.equal(await codeOf(mkdir(join(top, "broken"), { recursive: true })), "EEXIST")
  symlinkSync(top, join(top, "link"))
  await mkdir(join(top, "link/made"), { recursive: true })
  assert.equal(statSync(join(top, "made")).isDirectory(), true)
})

test("without the folders above it one alone is made", async () => {
  assert.equal(await codeOf(mkdir(join(top, "not/there"))), "ENOENT")
  await mkdir(join(top, "one"), { mode: 0o700 })
  assert.equal(await codeOf(mkdir(join(top, "one"))), "EEXIST")
  chmodSync(join(top, "one"), 0o500)
  const isRoot = process.getuid?.() === 0
  assert.equal(await codeOf(mkdir(join(top, "one/two/three"), { recursive: true })), isRoot ? undefined : "EACCES")
})
