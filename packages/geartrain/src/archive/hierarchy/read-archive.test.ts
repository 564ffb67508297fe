import assert from "node:assert/strict"
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { findInput } from "./find-input.ts"
import { readArchive } from "./read-archive.ts"

const folder = await mkdtemp(join(tmpdir(), "geartrain-archive-"))
after(() => rm(folder, { recursive: true }))

async function messageOf(text: string | Uint8Array): Promise<string> {
  await writeFile(join(folder, "bad.yaml"), text)
  try {
    await readArchive(join(folder, "bad.yaml"))
  } catch (error) {
    assert.ok(isGeartrainError(error, "HIERARCHY_INVALID"), String(error))
    return error.message.replaceAll(`${folder}/`, "")
  }
  throw new assert.AssertionError({ message: "it was read" })
}

test("every fault is told with its line and column", async () => {
  assert.equal(
    await messageOf("project:\n  lable: x\n  files:\n    - ../x\n  subjects:\n    - label: 01\n"),
    `Cannot read "bad.yaml": it has 2 faults
bad.yaml:2:10 /project/lable: "lable" is not known here; rename it to "label"
bad.yaml:2:3 /project: this project has no label; add label: …`,
  )
})

test("hostile documents are refused", async () => {
  assert.match(await messageOf("a: &a [x]\nproject: *a\n"), /alias/)
  assert.match(await messageOf("[".repeat(50_000)), /levels|fault/)
  assert.match(await messageOf(`project: {label: x, info: ${"{a: ".repeat(60)}1${"}".repeat(60)}}`), /48 levels/)
  assert.match(await messageOf("x".repeat(5 * 1024 * 1024)), /5242880 bytes/)
  assert.match(await messageOf(new Uint8Array([0xff, 0xfe])), /UTF-8/)
  assert.match(await messageOf("project: {label: x, info: {a: .nan}}"), /number that is none in JSON/)
  await assert.rejects(readArchive(join(folder, "none.yaml")), { code: "HIERARCHY_INVALID", message: /no such file/ })
  await assert.rejects(readArchive(folder), { code: "HIERARCHY_INVALID" })
})

test("an input is found by its path in the hierarchy, and by where it lies", async () => {
  const home = join(folder, "found")
  await mkdir(join(home, "scans"), { recursive: true })
  await writeFile(join(home, "scans/a.nii"), "1")
  await writeFile(
    join(home, "project.yaml"),
    "project: {label: P, files: [{path: scans/a.nii, name: t1.nii, modality: MR}]}",
  )
  await symlink("scans/a.nii", join(home, "link.nii"))
  const archive = await readArchive(join(home, "project.yaml"))
  for (const text of ["P/t1.nii", "local/P/files/t1.nii", join(home, "scans/a.nii"), join(home, "link.nii")]) {
    const found = await findInput(archive, text)
    assert.equal(found?.path, join(home, "scans/a.nii"), text)
    assert.equal(found?.file.fields["modality"], "MR")
    assert.equal(found?.place.level, "project")
  }
  await writeFile(join(home, "other.nii"), "2")
  assert.equal(await findInput(archive, join(home, "other.nii")), undefined)
  assert.equal(await findInput(archive, "./P/t1.nii"), undefined)
})

test("a text that is one file in the hierarchy and another on disk is refused", async () => {
  const home = join(folder, "twice")
  await mkdir(join(home, "P"), { recursive: true })
  await writeFile(join(home, "a.nii"), "1")
  await writeFile(join(home, "P/a.nii"), "2")
  await writeFile(join(home, "project.yaml"), "project: {label: P, files: [a.nii]}")
  const archive = await readArchive(join(home, "project.yaml"))
  const here = process.cwd()
  process.chdir(home)
  try {
    await assert.rejects(findInput(archive, "P/a.nii"), {
      code: "USAGE",
      hint: 'For the one on disk write "./P/a.nii"',
    })
  } finally {
    process.chdir(here)
  }
})
