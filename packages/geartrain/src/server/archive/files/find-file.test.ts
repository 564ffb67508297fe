import assert from "node:assert/strict"
import { test } from "node:test"
import { archiveBench, digestOf } from "../../../../test/server/archive/archive-bench.ts"
import { saveAt } from "../../../../test/server/archive/save-at.ts"
import { memoryDatabase } from "../../../../test/server/memory-database.ts"
import { fileNotFound, placeNotFound } from "../names/not-found.ts"
import { createAnalysis } from "../places/analyses.ts"
import { trashFile } from "../trash/trash-file.ts"
import { trashPlace } from "../trash/trash-place.ts"
import { filesOfPlaces } from "./files-of-places.ts"
import { fileIdsByName, findFile, needFile, needFileProject } from "./find-file.ts"
import { findVersions } from "./find-versions.ts"

const NOBODYS = "0".repeat(24)

test("what is not found is named in one line that is not long, however it was written", () => {
  assert.match(placeNotFound("lab/Memory").message, /^Cannot find "lab\/Memory": /)
  for (const error of [placeNotFound(`a\n"\ud800${"b".repeat(5000)}`), fileNotFound(`a\n"\ud800${"b".repeat(5000)}`)]) {
    assert.match(error.message, /"a\\n\\"\ufffdb+": /)
    assert.ok(error.message.length < 400)
  }
})

test("a living file is found by its id, and by its name however it was typed", async (context) => {
  const { ports, writer, acquisition, session } = await archiveBench(context, await memoryDatabase(context))
  const { read } = ports.database
  const [file] = await saveAt(ports.database, acquisition, { "Zürich.nii": "1" })
  const id = file?.id ?? ""
  for (const name of ["Zu\u0308rich.nii", "Z\u00fcrich.nii"])
    assert.equal((await findFile(read, { place: acquisition, name }))?.id, id)
  assert.equal((await findFile(read, { id }))?.name, "Z\u00fcrich.nii")
  for (const by of [
    { place: session, name: "Zürich.nii" },
    { place: acquisition, name: "zürich.nii" },
    { id: NOBODYS },
  ])
    assert.equal(await findFile(read, by), undefined)
  await trashFile(ports, writer, { id })
  assert.equal(await findFile(read, { id }), undefined)
  assert.equal(await findFile(read, { place: acquisition, name: "Zürich.nii" }), undefined)
})

test("ids are told of the names that are there, of more than one statement takes", async (context) => {
  const { ports, writer, acquisition, session } = await archiveBench(context, await memoryDatabase(context))
  const names = Array.from({ length: 501 }, (_, n) => `f${n}`)
  const saved = await saveAt(ports.database, acquisition, Object.fromEntries(names.map((name) => [name, name])))
  await saveAt(ports.database, session, { elsewhere: "1" })
  await trashFile(ports, writer, { id: saved[0]?.id ?? "" })
  const ids = await fileIdsByName(ports.database.read, acquisition, [...names, "elsewhere", "", "f1"])
  assert.deepEqual(Object.fromEntries(ids), Object.fromEntries(saved.slice(1).map(({ id, name }) => [name, id])))
  assert.equal((await fileIdsByName(ports.database.read, acquisition, [])).size, 0)
})

test("who may not know of a file is told as if it were not there, and who may only read that", async (context) => {
  const { ports, writer, reader, stranger, acquisition } = await archiveBench(context, await memoryDatabase(context))
  const [file] = await saveAt(ports.database, acquisition, { a: "1" })
  assert.ok(file !== undefined)
  const asked = { id: file.id, right: "write", action: "file.change" } as const
  assert.equal((await needFile(ports, writer, asked)).name, "a")
  await assert.rejects(needFile(ports, reader, asked), { code: "NOT_PERMITTED" })
  const { message } = fileNotFound(file.id)
  await assert.rejects(needFile(ports, stranger, asked), { code: "ARCHIVE_FILE_NOT_FOUND", message })
  await assert.rejects(needFileProject(ports, stranger, { ...asked, file }), { message })
  await assert.rejects(needFile(ports, writer, { ...asked, id: NOBODYS }), { message: fileNotFound(NOBODYS).message })
})

test("versions are answered in the order in which they are asked for, with holes for those that are not there", async (context) => {
  const { ports, acquisition } = await archiveBench(context, await memoryDatabase(context))
  const { database } = ports
  const [a] = await saveAt(database, acquisition, { a: "one" })
  await saveAt(database, acquisition, { a: "three" })
  const [b] = await saveAt(database, acquisition, { b: "1" })
  assert.ok(a !== undefined && b !== undefined)
  const found = await findVersions(database.read, [
    { file: b.id, version: 1 },
    { file: a.id },
    { file: a.id, version: 1 },
    { file: a.id, version: 2 },
    { file: a.id, version: 3 },
    { file: a.id, version: 0 },
    { file: NOBODYS, version: 1 },
    { file: a.id, version: 1 },
  ])
  assert.deepEqual(
    found.map((each) => each && [each.file.name, each.placeType, each.version, each.digest, each.sizeBytes]),
    [
      ["b", "acquisition", 1, digestOf("1"), 1],
      ["a", "acquisition", 2, digestOf("three"), 5],
      ["a", "acquisition", 1, digestOf("one"), 3],
      ["a", "acquisition", 2, digestOf("three"), 5],
      undefined,
      undefined,
      undefined,
      ["a", "acquisition", 1, digestOf("one"), 3],
    ],
  )
  assert.deepEqual(await findVersions(database.read, []), [])
})

test("no version is found of a file in the trash, or of one whose place is there", async (context) => {
  const { ports, admin, writer, acquisition, session } = await archiveBench(context, await memoryDatabase(context))
  const { database } = ports
  const [own] = await saveAt(database, session, { own: "1" })
  const [kept] = await saveAt(database, session, { kept: "1" })
  const [below] = await saveAt(database, acquisition, { below: "1" })
  await trashFile(ports, writer, { id: own?.id ?? "" })
  await trashPlace(ports, admin, { id: acquisition })
  // Where only the place itself went: what it lies in decides.
  await database.write(({ sql }) =>
    sql
      .updateTable("files")
      .set({ deleted_ms: null })
      .where("id", "=", below?.id ?? "")
      .execute(),
  )
  const wanted = [own, kept, below].map((file) => ({ file: file?.id ?? "" }))
  const found = await findVersions(database.read, wanted)
  assert.deepEqual(
    found.map((each) => each?.file.name),
    [undefined, "kept", undefined],
  )
})

test("files of several places come by place and name, with who made what they are now", async (context) => {
  const { ports, writer, acquisition, session } = await archiveBench(context, await memoryDatabase(context))
  const { database } = ports
  const analysis = await createAnalysis(ports, writer, { parent: session, label: "results" })
  await saveAt(database, acquisition, { "b.nii": "1", "a.nii": "1" })
  await saveAt(database, acquisition, { "a.nii": "2" }, { byUser: "job", origin: "job", job: "j1" })
  await saveAt(database, analysis.id, { "a.nii": "1" })
  await saveAt(database, session, { "a.nii": "1" })
  const read = async (asked: Partial<Parameters<typeof filesOfPlaces>[1]>) =>
    (await filesOfPlaces(database.read, { places: [analysis.id, acquisition], limit: 10, ...asked })).map(
      ({ place, name, version, origin, created_by, job }) => [place, name, version, origin, created_by, job],
    )
  const all = [
    [acquisition, "a.nii", 2, "job", "job", "j1"],
    [acquisition, "b.nii", 1, "user", "writer", null],
    [analysis.id, "a.nii", 1, "user", "writer", null],
  ].toSorted(([a], [b]) => (String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0))
  assert.deepEqual(await read({}), all)
  assert.deepEqual(await read({ limit: 2 }), all.slice(0, 2))
  assert.deepEqual(
    await read({ name: "a.nii" }),
    all.filter(([, name]) => name === "a.nii"),
  )
  assert.deepEqual(await read({ places: [] }), [])
  const [first] = await filesOfPlaces(database.read, { places: [session], limit: 1 })
  const [withInfo] = await filesOfPlaces(database.read, { places: [session], limit: 1, withInfo: true })
  assert.deepEqual([first?.info, withInfo?.info], [undefined, "{}"])
})
