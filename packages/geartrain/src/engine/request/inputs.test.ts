import assert from "node:assert/strict"
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { type ReadInput, readInput } from "../phases/read-input.ts"
import { expandInputs } from "./expand-inputs.ts"
import { holdsJust, wholeFolders } from "./whole-folders.ts"

const folder = await mkdtemp(join(tmpdir(), "geartrain-inputs-"))
after(() => rm(folder, { recursive: true }))

async function makeFolder(name: string, count: number): Promise<string> {
  const path = join(folder, name)
  await mkdir(join(path, "deep"), { recursive: true })
  for (let index = 0; index < count; index++)
    await writeFile(join(path, index % 2 ? "deep" : "", `f${index}`), String(index))
  return path
}

async function readAll(files: Readonly<Record<string, string>>): Promise<Map<string, ReadInput>> {
  const read = new Map<string, ReadInput>()
  for (const [name, path] of Object.entries(files)) read.set(name, await readInput(name, path))
  return read
}

const FOLDER = { inputs: { data: { takes: "folder" } } } as const

test("a folder is taken apart into its files, in one order, and a plain input stays", async () => {
  const path = await makeFolder("small", 3)
  assert.deepEqual(Object.entries(await expandInputs({ data: path, scan: "x.nii" }, FOLDER)), [
    ["data/small/deep/f1", `${path}/deep/f1`],
    ["data/small/f0", `${path}/f0`],
    ["data/small/f2", `${path}/f2`],
    ["scan", "x.nii"],
  ])
})

test("one file for an input that takes several is one of them, and files that were taken apart before stay", async () => {
  const additions = { inputs: { scans: { takes: "files" } } } as const
  assert.deepEqual(await expandInputs({ scans: "/a/b.nii" }, additions), { "scans/b.nii": "/a/b.nii" })
  assert.deepEqual(await expandInputs({ "scans/b.nii": "/blob" }, additions), { "scans/b.nii": "/blob" })
})

test("links inside a folder are files of it; others are refused", async () => {
  const path = await makeFolder("links", 1)
  await symlink("f0", join(path, "again"))
  assert.deepEqual(Object.keys(await expandInputs({ data: path }, FOLDER)), ["data/links/again", "data/links/f0"])
  await symlink("/etc/passwd", join(path, "out"))
  await assert.rejects(expandInputs({ data: path }, FOLDER), {
    code: "INPUT_NOT_A_FILE",
    message: /link out of the folder/,
  })
})

test("a folder of many files is mounted whole, as long as it is just what was read", async () => {
  const path = await makeFolder("many", 80)
  const files = await expandInputs({ data: path }, FOLDER)
  const read = await readAll(files)
  assert.deepEqual([...(await wholeFolders(read))], [["data/many", path]])
  const paths = [...read.keys()].map((key) => key.slice("data/many/".length))
  assert.equal(await holdsJust(path, paths), true)
  await writeFile(join(path, "deep/more"), "")
  assert.equal(await holdsJust(path, paths), false)
  assert.deepEqual([...(await wholeFolders(read))], [])
})

test("few files, and files from several places, are mounted one by one", async () => {
  const few = await readAll(await expandInputs({ data: await makeFolder("few", 3) }, FOLDER))
  assert.deepEqual([...(await wholeFolders(few))], [])
  const path = await makeFolder("moved", 80)
  const files = await expandInputs({ data: path }, FOLDER)
  await writeFile(join(folder, "elsewhere"), "0")
  const moved = await readAll({ ...files, "data/moved/f0": join(folder, "elsewhere") })
  assert.deepEqual([...(await wholeFolders(moved))], [])
})
