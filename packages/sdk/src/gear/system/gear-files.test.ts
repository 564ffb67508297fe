import assert from "node:assert/strict"
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { openGearFile, readGearFile, writeGearFile } from "./gear-files.ts"

async function folderOf(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "geartrain-gear-files-"))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

test("folders are made for what is written, and not for what is read", async (t) => {
  const folder = await folderOf(t)
  await assert.rejects(openGearFile(`${folder}/a/b.txt`, "r"), { code: "ENOENT" })
  assert.deepEqual(await readdir(folder), [])
  const file = await openGearFile(`${folder}/a/b.txt`, "w")
  await file.writeFile("text")
  await file.close()
  assert.equal(Buffer.from(await readGearFile(`${folder}/a/b.txt`)).toString(), "text")
})

test("a file that is opened for writing begins empty", async (t) => {
  const folder = await folderOf(t)
  await writeFile(`${folder}/a`, "long before")
  await (await openGearFile(`${folder}/a`, "w")).close()
  assert.equal(await readFile(`${folder}/a`, "utf8"), "")
})

test("a file that is written whole takes the place of another, and nothing else is left", async (t) => {
  const folder = await folderOf(t)
  await writeGearFile(`${folder}/new/a.json`, "first, and longer")
  await writeGearFile(`${folder}/new/a.json`, "é")
  assert.equal(await readFile(`${folder}/new/a.json`, "utf8"), "é")
  assert.deepEqual(await readdir(`${folder}/new`), ["a.json"])
})

test("where it cannot be put in its place, what was there stays, and nothing half-written is left", async (t) => {
  const folder = await folderOf(t)
  await mkdir(`${folder}/a.json`)
  await assert.rejects(writeGearFile(`${folder}/a.json`, "text"))
  assert.deepEqual(await readdir(folder), ["a.json"])
  await writeFile(`${folder}/file`, "kept")
  await assert.rejects(writeGearFile(`${folder}/file/below`, "text"))
  assert.equal(await readFile(`${folder}/file`, "utf8"), "kept")
})
