import assert from "node:assert/strict"
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { tryOutputFolder } from "./try-output-folder.ts"

async function folder(context: TestContext): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "gear-output-"))
  context.after(() => rm(made, { recursive: true, force: true }))
  return made
}

function refuses(path: string, problem: RegExp): Promise<void> {
  return assert.rejects(tryOutputFolder(path), (error) => {
    assert.ok(isGeartrainError(error, "OUTPUT_FOLDER_UNUSABLE"), String(error))
    assert.match(error.message, problem)
    assert.equal(error.details["folder"], path)
    return true
  })
}

test("a folder that is there, or that can be made however deep, will do, and nothing is left behind", async (context) => {
  const top = await folder(context)
  await tryOutputFolder(top)
  await tryOutputFolder(join(top, "a/b/c"))
  assert.deepEqual(await readdir(top), [])
})

test("what leads through a file is refused with the file", async (context) => {
  const top = await folder(context)
  await writeFile(join(top, "file"), "")
  await refuses(join(top, "file"), /"\S+\/file" is no folder/)
  await refuses(join(top, "file/a/b"), /is no folder/)
})

test("a link that leads nowhere is there, and nothing can be made in it", async (context) => {
  const top = await folder(context)
  await symlink(join(top, "gone"), join(top, "link"))
  await refuses(join(top, "link"), /nothing can be made in "\S+\/link" \(ENOENT\)/)
  await mkdir(join(top, "gone"))
  await tryOutputFolder(join(top, "link"))
})

test("a name that no folder can have is refused before anything runs", async (context) => {
  await refuses(join(await folder(context), "x".repeat(300)), /nothing can be made in/)
})
