import assert from "node:assert/strict"
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { findProgram } from "./find-program.ts"

const folder = realpathSync(mkdtempSync(join(tmpdir(), "geartrain-programs-")))
after(() => rmSync(folder, { recursive: true }))

test("a program is found by its name, and its links are resolved", () => {
  assert.equal(findProgram("sh"), realpathSync("/bin/sh"))
  writeFileSync(join(folder, "real"), "#!/bin/sh\n", { mode: 0o755 })
  symlinkSync("real", join(folder, "linked"))
  assert.equal(findProgram(join(folder, "linked")), join(folder, "real"))
})

test("what is not there, is a folder, or may not be executed is no program", () => {
  mkdirSync(join(folder, "folder"))
  writeFileSync(join(folder, "text"), "")
  chmodSync(join(folder, "text"), 0o644)
  writeFileSync(join(folder, "plain"), "")
  symlinkSync("nowhere", join(folder, "dangling"))
  symlinkSync("circle", join(folder, "circle"))
  for (const name of ["folder", "text", "nothing", "dangling", "circle", "plain/below"])
    assert.equal(findProgram(join(folder, name)), undefined, name)
  assert.equal(findProgram("no-such-program-anywhere"), undefined)
})
