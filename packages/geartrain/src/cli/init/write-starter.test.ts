import assert from "node:assert/strict"
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { writeStarter } from "./write-starter.ts"

const home = mkdtempSync(join(tmpdir(), "geartrain-starter-"))
after(() => rmSync(home, { recursive: true, force: true }))

const FILES = { "manifest.json": { text: "{}\n" }, run: { text: "#!/bin/sh\n", executable: true } } as const

test("files are written into a folder that is made for them, the program executable", async () => {
  const folder = join(home, "new/gear")
  await writeStarter(folder, FILES)
  assert.deepEqual(readdirSync(folder).toSorted(), ["manifest.json", "run"])
  assert.equal(statSync(join(folder, "run")).mode & 0o100, 0o100)
  assert.equal(statSync(join(folder, "manifest.json")).mode & 0o111, 0)
})

test("where one of them is there already none is written, and that one is named", async () => {
  const folder = join(home, "taken")
  mkdirSync(folder)
  writeFileSync(join(folder, "run"), "mine")
  await assert.rejects(writeStarter(folder, FILES), (error) => {
    assert.ok(isGeartrainError(error, "OUTPUT_EXISTS"))
    assert.deepEqual(error.details["names"], ["run"])
    return true
  })
  assert.deepEqual(readdirSync(folder), ["run"])
  assert.equal(readFileSync(join(folder, "run"), "utf8"), "mine")
})

test("a link to nothing is not written through, and what was written before it goes", async () => {
  const folder = join(home, "linked")
  mkdirSync(folder)
  symlinkSync(join(home, "elsewhere"), join(folder, "run"))
  await assert.rejects(writeStarter(folder, FILES), (error) => isGeartrainError(error, "OUTPUT_EXISTS"))
  assert.deepEqual(readdirSync(folder), ["run"])
  assert.ok(!readdirSync(home).includes("elsewhere"))
})

test("a file in the place of the folder is refused as a folder that cannot be used", async () => {
  writeFileSync(join(home, "file"), "")
  await assert.rejects(writeStarter(join(home, "file"), FILES), (error) =>
    isGeartrainError(error, "OUTPUT_FOLDER_UNUSABLE"),
  )
})
