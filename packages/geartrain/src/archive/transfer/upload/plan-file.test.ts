import assert from "node:assert/strict"
import { chmodSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"
import { test } from "node:test"
import { folderOf } from "../../../../test/archive/upload-plan/folder-of.ts"
import { planFile } from "./plan-file.ts"
import { openUploadNotes } from "./upload-notes.ts"

test("a file goes under its own name, with the type that the name tells", async (context) => {
  const folder = folderOf(context, { "a/T1.nii.gz": "12345", plain: "" })
  assert.deepEqual(await planFile(join(folder, "a/T1.nii.gz")), {
    kind: "file",
    folder: join(folder, "a"),
    file: {
      name: "T1.nii.gz",
      sizeBytes: 5,
      fields: { type: "nifti" },
      content: { kind: "file", path: "T1.nii.gz" },
    },
  })
  const plain = await planFile(join(folder, "plain"))
  assert.deepEqual(plain.kind === "file" && [plain.file.sizeBytes, plain.file.fields], [0, {}])
})

test("a link goes under the name that was given, and is read where it leads, so that it cannot be changed on the way", async (context) => {
  const folder = folderOf(context, { "store/key": "12", "sub/x": "" })
  symlinkSync("../store/key", join(folder, "sub/image.dcm"))
  const planned = await planFile(join(folder, "sub/image.dcm"))
  assert.ok(planned.kind === "file")
  assert.equal(planned.folder, join(folder, "store"))
  assert.deepEqual(planned.file, {
    ...{ name: "image.dcm", sizeBytes: 2, fields: { type: "dicom" } },
    content: { kind: "file", path: "key" },
  })
})

test("a name is composed, and the file is read by its own", async (context) => {
  const folder = folderOf(context, { "e\u0301": "1" })
  const planned = await planFile(join(folder, "e\u0301"))
  assert.deepEqual(planned.kind === "file" && [planned.file.name, planned.file.content], [
    "\u00e9",
    { kind: "file", path: "e\u0301" },
  ])
})

test("a folder has to be planned, and what is neither is refused, with the path as it was given", async (context) => {
  const folder = folderOf(context, { file: "" })
  symlinkSync("loop", join(folder, "loop"))
  const server = createServer().listen(join(folder, "socket"))
  await new Promise((resolve) => server.once("listening", resolve))
  context.after(() => server.close())
  assert.deepEqual(await planFile(folder), { kind: "folder" })
  for (const [name, problem] of [
    ["none", "there is no such file"],
    ["file/below", "there is no such file"],
    ["loop", "there is no such file"],
    ["socket", "it is neither a file nor a folder"],
  ]) {
    const path = `${folder}/${name}`
    const message = `Cannot upload "${path}": ${problem}`
    await assert.rejects(planFile(path), { code: "UPLOAD_FILE_CHANGED", message, details: { file: path } })
  }
})

const NOTED = { server: "http://a", place: "p", name: "x.nii", digest: "sha256:1" }
const ID = "0123456789abcdef01234567"

test("an upload is found again by where it goes and its very bytes, and by nothing less", async (context) => {
  const folder = join(folderOf(context, {}), "deep/notes")
  const notes = openUploadNotes(folder)
  assert.equal(await notes.find(NOTED), undefined)
  await notes.keep(NOTED, ID)
  assert.equal(await openUploadNotes(folder).find({ ...NOTED }), ID)
  for (const change of [{ server: "http://b" }, { place: "q" }, { name: "y.nii" }, { digest: "sha256:2" }])
    assert.equal(await notes.find({ ...NOTED, ...change }), undefined, JSON.stringify(change))
  assert.equal(statSync(folder).mode & 0o777, 0o700)
})

test("an upload that begins anew replaces its note, and one that is done leaves none", async (context) => {
  const folder = join(folderOf(context, {}), "notes")
  const notes = openUploadNotes(folder)
  await notes.keep(NOTED, ID)
  const other = ID.replace("0", "f")
  await notes.keep(NOTED, other)
  assert.equal(await notes.find(NOTED), other)
  await notes.remove(NOTED)
  await notes.remove(NOTED)
  assert.deepEqual(readdirSync(folder), [])
})

test("a note that is not whole is none, and one that cannot be read is told", async (context) => {
  const folder = join(folderOf(context, {}), "notes")
  const notes = openUploadNotes(folder)
  await notes.keep(NOTED, ID)
  const path = join(folder, readdirSync(folder)[0] ?? "")
  assert.equal(readFileSync(path, "utf8"), `${ID}\n`)
  for (const damage of ["", ID, `${ID.slice(1)}\n`, `${ID}\n\n`, `../${ID.slice(3)}\n`, `${ID.toUpperCase()}\n`]) {
    chmodSync(path, 0o600)
    writeFileSync(path, damage)
    assert.equal(await notes.find(NOTED), undefined, JSON.stringify(damage))
  }
  const below = openUploadNotes(`${path}/below`)
  await assert.rejects(below.find(NOTED), { code: "ENOTDIR" })
})
