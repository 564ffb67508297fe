import assert from "node:assert/strict"
import { symlinkSync } from "node:fs"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { dicomFile, imageValues } from "../../../../test/archive/upload-plan/dicom-file.ts"
import { folderOf } from "../../../../test/archive/upload-plan/folder-of.ts"
import { PlanBook } from "../book/plan-book.ts"
import type { FoundFile } from "../folder/found-file.ts"
import { walkFolder } from "../folder/walk-folder.ts"
import { readFileHead } from "./read-file-head.ts"
import { sortDicom } from "./sort-dicom.ts"

const VALUES = imageValues("P1", "7", ["3", 1])

async function sorted(context: TestContext, files: Readonly<Record<string, Uint8Array>>): Promise<PlanBook> {
  const folder = folderOf(context, files)
  const book = new PlanBook(folder)
  await sortDicom(walkFolder(folder), book)
  return book
}

function zipOf(book: PlanBook): { readonly name: string; readonly members: readonly string[] } {
  const [file, ...others] = book.places().flatMap(({ files }) => files)
  assert.ok(file?.content.kind === "zip")
  assert.deepEqual(others, [])
  return { name: file.name, members: file.content.members.map(({ name }) => name) }
}

test("members of a series are named by their UIDs and kind of image, not by their files", async (context) => {
  const two = dicomFile(imageValues("P1", "7", ["3", 2]))
  const book = await sorted(context, { "z/first": dicomFile(VALUES), "a second.ima": two })
  assert.deepEqual(zipOf(book), {
    name: "3 - T1 3D.dicom.zip",
    members: ["1.2.7.3.1.MR.dcm", "1.2.7.3.2.MR.dcm"],
  })
})

test("without a modality neither the fields nor the names of members have one", async (context) => {
  const { "00080060": _, ...values } = VALUES
  const book = await sorted(context, { a: dicomFile(values) })
  assert.deepEqual(zipOf(book).members, ["1.2.7.3.1.dcm"])
  const [file] = book.places().flatMap(({ files }) => files)
  assert.deepEqual(file?.fields, { type: "dicom", zip_member_count: 1 })
})

test("instances without a UID are told apart by their bytes, however they are named, and copies are left out", async (context) => {
  const { "00080018": _, ...values } = VALUES
  const one = dicomFile(values)
  const other = dicomFile({ ...values, "7fe00010": Buffer.alloc(64, 9) })
  const book = await sorted(context, { a: one, b: other, c: one })
  const { members } = zipOf(book)
  for (const name of members) assert.match(name, /^no-uid\.[0-9a-f]{12}\.MR\.dcm$/)
  assert.deepEqual(zipOf(await sorted(context, { x: other, y: one })).members, members)
  assert.deepEqual(book.leftOut, [{ path: "c", kind: "file", why: 'has the same bytes as "a"' }])
  assert.deepEqual(book.warnings, [])
})

test("a place that several series describe has what the first of them says, and more from the others", async (context) => {
  const { "00100040": _, ...sexless } = imageValues("P1", "7", ["4", 1])
  const book = await sorted(context, {
    a: dicomFile({ ...sexless, "00200011": "1", "00101030": "70" }),
    b: dicomFile({ ...VALUES, "00200011": "2", "00101030": "99" }),
  })
  const [, subject, session] = book.places()
  assert.deepEqual(subject?.fields, { sex: "female" })
  assert.equal(session?.fields["weight"], 70)
})

test("one series in two studies of a patient is told as of two studies", async (context) => {
  const book = await sorted(context, {
    a: dicomFile(VALUES),
    b: dicomFile({ ...imageValues("P1", "8", ["3", 2]), "0020000e": "1.2.7.3" }),
  })
  assert.deepEqual(book.warnings, [{ about: "b", says: "is of series 1.2.7.3, which has files of 2 studies" }])
})

test("a link to a DICOM file is read where its bytes lie", async (context) => {
  const folder = folderOf(context, { "store/key": dicomFile(VALUES) })
  symlinkSync("store/key", join(folder, "a"))
  const book = new PlanBook(folder)
  await sortDicom(walkFolder(folder), book)
  assert.deepEqual(zipOf(book).members, ["1.2.7.3.1.MR.dcm"])
  assert.deepEqual(book.leftOut, [{ path: "store/key", kind: "file", why: 'has the same bytes as "a"' }])
})

test("a file of the very size that is read at most is read to its end, and one byte pair more is given up", (context) => {
  // Without the number of the instance and pixels, only the end of the file says that no more comes.
  const { "00200013": _, "7fe00010": __, ...values } = VALUES
  const paddingBytes = 4 * 1024 * 1024 - dicomFile({ ...values, "00091001": Buffer.alloc(0) }).length
  const fitting = dicomFile({ ...values, "00091001": Buffer.alloc(paddingBytes) })
  const longer = dicomFile({ ...values, "00091001": Buffer.alloc(paddingBytes + 2) })
  assert.equal(fitting.length, 4 * 1024 * 1024)
  const folder = folderOf(context, { fitting, longer })
  const whole = readFileHead(folder, fileAt("fitting", fitting.length))
  assert.ok(whole.is === "head")
  assert.equal(whole.head.seriesUid, "1.2.7.3")
  const why = "is a DICOM file with more than 4 MiB before its series"
  assert.deepEqual(readFileHead(folder, fileAt("longer", longer.length)), { is: "unfit", why })
})

test("an empty file is no DICOM, and one that has gone says so", (context) => {
  const folder = folderOf(context, { empty: "" })
  assert.deepEqual(readFileHead(folder, fileAt("empty", 0)), { is: "unfit", why: "is no DICOM file" })
  assert.deepEqual(readFileHead(folder, fileAt("none", 10)), { is: "unfit", why: "cannot be read: ENOENT" })
})

function fileAt(path: string, sizeBytes: number): FoundFile {
  return { source: { kind: "file", path }, sizeBytes }
}
