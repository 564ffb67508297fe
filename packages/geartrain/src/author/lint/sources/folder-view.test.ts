import assert from "node:assert/strict"
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { folderView } from "./folder-view.ts"

test("a folder of sources looks as if it were the gear's, and no link leads out of it", (context) => {
  const outer = mkdtempSync(join(tmpdir(), "geartrain-view-"))
  context.after(() => rmSync(outer, { recursive: true, force: true }))
  const folder = join(outer, "gear")
  mkdirSync(join(folder, "sub"), { recursive: true })
  writeFileSync(join(outer, "secret"), "s")
  writeFileSync(join(folder, "run"), `#!/bin/sh\n${"x".repeat(1000)}`)
  chmodSync(join(folder, "run"), 0o754)
  writeFileSync(join(folder, "sub/a"), "a")
  symlinkSync("../secret", join(folder, "link"))
  symlinkSync("..", join(folder, "up"))
  const view = folderView(folder)

  const run = { path: "flywheel/v0/run", type: "file", mode: 0o754, uid: 0, gid: 0 }
  assert.deepEqual(view.find("/flywheel/v0/run"), run)
  assert.deepEqual(view.find("flywheel/v0/run"), run)
  assert.equal(view.find("flywheel/v0/sub")?.type, "folder")
  assert.equal(view.find("flywheel/v0/sub/a")?.type, "file")
  for (const path of [
    "flywheel/v0/link",
    "flywheel/v0/up/secret",
    "flywheel/v0/../secret",
    "flywheel/v0/none",
    "flywheel/v0/run/x",
    "flywheel/v0",
    "etc/passwd",
    "run",
  ]) {
    assert.equal(view.find(path), undefined, path)
    assert.equal(view.head(path), undefined, path)
  }
  assert.equal(view.head("/flywheel/v0/run")?.length, 256)
  assert.equal(Buffer.from(view.head("flywheel/v0/sub/a") ?? []).toString(), "a")
  assert.equal(view.head("flywheel/v0/sub"), undefined)
  assert.deepEqual([...view.entries()], [])
})
