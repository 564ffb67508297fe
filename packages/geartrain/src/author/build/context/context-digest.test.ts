import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, test } from "node:test"
import { contextDigest } from "./context-digest.ts"
import { isIgnored, readIgnored } from "./ignored-paths.ts"

let folder = ""
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "geartrain-context-"))
  writeFileSync(join(folder, "a"), "1", { mode: 0o644 })
  mkdirSync(join(folder, "b"))
  writeFileSync(join(folder, "b/c"), "2")
  symlinkSync("a", join(folder, "link"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const digest = async (ignored: readonly string[] = []): Promise<string> => await contextDigest(folder, { ignored })

test("times do not count; bytes, names, permissions and targets of links do", async () => {
  const before = await digest()
  utimesSync(join(folder, "a"), 1, 1)
  utimesSync(join(folder, "b"), 1, 1)
  assert.equal(await digest(), before)
  const changes: readonly (() => void)[] = [
    () => writeFileSync(join(folder, "a"), "2"),
    () => chmodSync(join(folder, "a"), 0o755),
    () => renameSync(join(folder, "b/c"), join(folder, "b/d")),
    () => mkdirSync(join(folder, "empty")),
    () => rmSync(join(folder, "link")),
    () => symlinkSync("b", join(folder, "link")),
  ]
  const seen = new Set([before])
  for (const change of changes) {
    change()
    seen.add(await digest())
  }
  assert.equal(seen.size, changes.length + 1)
})

test("a link is not followed, wherever it leads, and a pipe is not waited for", async () => {
  symlinkSync("/proc", join(folder, "machine"))
  symlinkSync(".", join(folder, "round"))
  execFileSync("mkfifo", [join(folder, "pipe")])
  assert.match(await digest(), /^sha256:/)
})

test("what no step sees does not count", async () => {
  const before = await digest(["b"])
  writeFileSync(join(folder, "b/c"), "other")
  assert.equal(await digest(["b"]), before)
})

test("only what is ignored for certain is ignored", () => {
  const ignored = readIgnored("# mine\n/.git/\n./data/raw\n\n*.tmp\nlogs/*\n../up\n")
  assert.deepEqual(ignored, [".git", "data/raw"])
  assert.equal(isIgnored(ignored, "data/raw/x"), true)
  assert.equal(isIgnored(ignored, "data/rawer"), false)
  assert.deepEqual(readIgnored("data\n!data/keep\n"), [])
})
