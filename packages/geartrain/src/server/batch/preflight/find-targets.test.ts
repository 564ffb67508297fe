import assert from "node:assert/strict"
import { type TestContext, test } from "node:test"
import { copyFile } from "../../../../test/server/archive/copy-file.ts"
import { saveAt } from "../../../../test/server/archive/save-at.ts"
import { memoryDatabase } from "../../../../test/server/memory-database.ts"
import { rulesBench } from "../../../../test/server/rules/rules-bench.ts"
import { changeCollection, createCollection } from "../../archive/collections/change-collection.ts"
import { createAnalysis } from "../../archive/places/analyses.ts"
import { changePlace } from "../../archive/places/change-place.ts"
import { findPlace } from "../../archive/places/find-place.ts"
import { trashFile } from "../../archive/trash/trash-file.ts"
import { trashPlace } from "../../archive/trash/trash-place.ts"
import type { BatchTargets } from "../batch-request.ts"
import { findCandidates } from "./find-candidates.ts"
import { findTargets } from "./find-targets.ts"

async function opened(context: TestContext) {
  const bench = await rulesBench(context, await memoryDatabase(context))
  const { ports, archive, boss } = bench
  const targets = (asked: BatchTargets) => findTargets(ports, boss, { project: archive.project, targets: asked })
  const here = async (id: string) => (await findPlace(ports.database.read, id)) ?? assert.fail("there is no such place")
  return {
    ...bench,
    targets,
    paths: async (asked: BatchTargets) => (await targets(asked)).map(({ path }) => path),
    candidates: async (place: string, look: "here" | "below") =>
      (await findCandidates(ports.database.read, await here(place), look)).map(({ path, name }) => `${path}/${name}`),
  }
}

test("places are found by id and by path, each once, and what cannot be seen keeps its own words", async (context) => {
  const { archive, targets } = await opened(context)
  const found = await targets({
    places: [
      archive.session,
      "lab/Memory/sub-01",
      "lab/Memory/sub-01/ses-01",
      archive.otherProject,
      "lab/None",
      "lab",
      "lab/None",
    ],
  })
  assert.deepEqual(
    found.map(({ asked, place, path }) => [asked, place?.id, path]),
    [
      [archive.session, archive.session, "lab/Memory/sub-01/ses-01"],
      [archive.subject, archive.subject, "lab/Memory/sub-01"],
      [archive.otherProject, undefined, archive.otherProject],
      ["lab/None", undefined, "lab/None"],
      ["lab", undefined, "lab"],
    ],
  )
})

test("a collection gives its places and those of its files, and is not told of to who may not see it", async (context) => {
  const { archive, ports, paths } = await opened(context)
  const [file] = await saveAt(ports.database, archive.acquisition, { a: "1" })
  const [beside] = await saveAt(ports.database, archive.acquisition, { b: "1" })
  const make = async (project: string, items: { addPlaces?: readonly string[]; addFiles?: readonly string[] }) => {
    const { id } = await createCollection(archive.ports, archive.admin, { project, label: `of ${project}` })
    await changeCollection(archive.ports, archive.admin, { id, ...items })
    return id
  }
  const collection = await make(archive.project, {
    addPlaces: [archive.subject, archive.otherProject],
    addFiles: [file?.id ?? "", beside?.id ?? ""],
  })
  const T1w = "lab/Memory/sub-01/ses-01/T1w"
  assert.deepEqual(
    (await paths({ collection })).toSorted(),
    [archive.otherProject, "lab/Memory/sub-01", T1w].toSorted(),
  )
  const empty = await make(archive.project, {})
  await assert.rejects(paths({ collection: empty }), { code: "BATCH_INVALID", message: /no place among its targets/ })
  const hidden = await make(archive.otherProject, { addPlaces: [archive.subject] })
  for (const id of [hidden, "0".repeat(24)])
    await assert.rejects(paths({ collection: id }), { code: "COLLECTION_NOT_FOUND" })
})

test("a query finds places of a type below another by pattern and tag, in the order of their paths", async (context) => {
  const { archive, ports, place, paths } = await opened(context)
  for (const label of ["ses-10", "ses-02", "visit"]) await place("session", archive.subject, label)
  const tagged = await place("session", archive.subject, "ses-03")
  await changePlace(archive.ports, archive.writer, { id: tagged, patch: { addTags: ["rest"] } })
  const gone = await place("session", archive.subject, "ses-04")
  await trashPlace(archive.ports, archive.admin, { id: gone })
  const labels = async (query: NonNullable<BatchTargets["query"]>) =>
    (await paths({ query })).map((path) => path.replace("lab/Memory/sub-01/", ""))
  assert.deepEqual(await labels({ type: "session" }), ["ses-01", "ses-02", "ses-03", "ses-10", "visit"])
  assert.deepEqual(await labels({ type: "session", label: "ses-0?" }), ["ses-01", "ses-02", "ses-03"])
  assert.deepEqual(await labels({ type: "session", label: "ses-*", tag: "rest" }), ["ses-03"])
  assert.deepEqual(await labels({ type: "acquisition", below: "sub-01/ses-01" }), ["ses-01/T1w"])
  await assert.rejects(paths({ query: { type: "session", tag: "res" } }), { code: "BATCH_INVALID" })
  for (const below of ["sub-02", "sub-01/ses-04", "../Other", "sub-01/ses-01/T1w/files/a"])
    await assert.rejects(paths({ query: { type: "session", below } }), { code: "PLACE_NOT_FOUND" }, below)
  await saveAt(ports.database, archive.project, { a: "1" })
  assert.deepEqual(await paths({ query: { type: "project" }, places: [archive.project] }), ["lab/Memory"])
  await assert.rejects(paths({}), { code: "BATCH_INVALID" })
})

test("files of a target are those in it, or below it, and results of analyses only of the analysis itself", async (context) => {
  const { archive, ports, candidates } = await opened(context)
  const { database } = ports
  const analysis = await createAnalysis(archive.ports, archive.writer, { parent: archive.session, label: "fit" })
  await saveAt(database, archive.session, { b: "1", a: "1" })
  const [gone] = await saveAt(database, archive.acquisition, { gone: "1", deep: "1" })
  await trashFile(archive.ports, archive.writer, { id: gone?.id ?? "" })
  await saveAt(database, analysis.id, { result: "1" })
  assert.deepEqual(await candidates(archive.session, "here"), ["/a", "/b"])
  assert.deepEqual(await candidates(archive.session, "below"), ["/a", "/b", "T1w/deep"])
  assert.deepEqual(await candidates(analysis.id, "here"), ["/result"])
  assert.deepEqual(await candidates(analysis.id, "below"), ["/result"])
  assert.deepEqual(await candidates(archive.otherProject, "below"), [])
})

test("a place with more files than can be matched is refused, with what to do", async (context) => {
  const { archive, ports, candidates } = await opened(context)
  const [file] = await saveAt(ports.database, archive.acquisition, { "a.nii": "12" })
  assert.ok(file !== undefined)
  const fill = (from: number, count: number) => copyFile(ports.database, file, { from, count })
  await fill(0, 1999)
  assert.equal((await candidates(archive.session, "below")).length, 2000)
  await fill(1999, 1)
  await assert.rejects(candidates(archive.session, "below"), {
    code: "BATCH_INVALID",
    message: /"ses-01": it holds more/,
  })
  assert.equal((await candidates(archive.session, "here")).length, 0)
  const place = (await findPlace(ports.database.read, archive.acquisition)) ?? assert.fail("there is no acquisition")
  await ports.database.write(({ sql }) => sql.deleteFrom("files").where("id", "!=", file.id).execute())
  const [whole] = await findCandidates(ports.database.read, place, "here")
  assert.deepEqual(whole?.object, {
    ...{ name: "a.nii", size: 2, mimetype: file.mimetype, tags: [], classification: {}, info: {}, type: "nifti" },
  })
})
