import assert from "node:assert/strict"
import { type TestContext, test } from "node:test"
import { archiveBench } from "../../../../test/server/archive/archive-bench.ts"
import { saveAt } from "../../../../test/server/archive/save-at.ts"
import { memoryDatabase } from "../../../../test/server/memory-database.ts"
import { trashPlace } from "../trash/trash-place.ts"
import { createAnalysis } from "./analyses.ts"
import { createPlace } from "./create-place.ts"
import { findPlace, pathOf } from "./find-place.ts"
import { labelsBelow } from "./labels-below.ts"
import { resolvePath, splitFilePath } from "./resolve-path.ts"

async function opened(context: TestContext) {
  const bench = await archiveBench(context, await memoryDatabase(context))
  const { read } = bench.ports.database
  return {
    ...bench,
    read,
    /** What a path leads to, in one line. */
    leads: async (path: string): Promise<string> => {
      const found = await resolvePath(read, path)
      if (found === undefined) return "nothing"
      if (found.kind === "group") return `group ${found.group}`
      const place = await pathOf(read, found.place)
      return found.kind === "place" ? place : `${place} has ${found.file.name}`
    },
  }
}

test("a path leads from the group down by labels and ids, and an id alone leads there, too", async (context) => {
  const { project, session, acquisition, leads } = await opened(context)
  const whole = "lab/Memory/sub-01/ses-01/T1w"
  for (const path of [
    whole,
    `/${whole}//`,
    acquisition,
    `${project}/sub-01/ses-01/T1w`,
    `lab/${project}/sub-01/${session}/${acquisition}`,
  ])
    assert.equal(await leads(path), whole, path)
  assert.equal(await leads("lab"), "group lab")
  assert.equal(await leads("lab/Memory"), "lab/Memory")
})

test("what is in no such place is not found there, however right its label or id is elsewhere", async (context) => {
  const { ports, admin, otherProject, subject, acquisition, session, leads } = await opened(context)
  await createPlace(ports, admin, { type: "subject", parent: otherProject, label: "sub-02" })
  for (const path of [
    "",
    "/",
    "Lab",
    "lab/memory",
    "lab/Memory/sub-02",
    `lab/Other/${subject}`,
    `lab/Memory/sub-01/${acquisition}`,
    `${session}/${session}`,
    `${acquisition}/deeper`,
    `lab/${"0".repeat(24)}`,
    "lab/Memory/sub-01\0",
    `lab${"/x".repeat(20)}`,
  ])
    assert.equal(await leads(path), "nothing", JSON.stringify(path))
})

test("a label that looks like an id goes before the place that has the id", async (context) => {
  const { ports, admin, project, subject, read } = await opened(context)
  const namesake = await createPlace(ports, admin, { type: "subject", parent: project, label: subject })
  const found = await resolvePath(read, `lab/Memory/${subject}`)
  assert.equal(found?.kind === "place" && found.place.id, namesake.id)
})

test("the words analyses and files stand before what lies beside the places below", async (context) => {
  const { ports, writer, project, session, acquisition, leads } = await opened(context)
  const analysis = await createAnalysis(ports, writer, { parent: session, label: "fit" })
  await createAnalysis(ports, writer, { parent: project, label: "fit" })
  await saveAt(ports.database, analysis.id, { "Zürich.csv": "1" })
  await saveAt(ports.database, acquisition, { analyses: "1" })
  const there = "lab/Memory/sub-01/ses-01/analyses/fit"
  assert.equal(await leads(there), there)
  assert.equal(await leads(`${session}/analyses/${analysis.id}`), there)
  assert.equal(await leads(`${there}/files/Zu\u0308rich.csv`), `${there} has Zürich.csv`)
  assert.equal(await leads(`${analysis.id}/files/Zürich.csv`), `${there} has Zürich.csv`)
  assert.equal(await leads(`${acquisition}/files/analyses`), "lab/Memory/sub-01/ses-01/T1w has analyses")
  assert.equal(await leads("lab/Memory/analyses/fit"), "lab/Memory/analyses/fit")
  for (const path of [
    `${there}/files`,
    `${there}/files/Zürich.csv/more`,
    `${there}/files/none`,
    `${there}/analyses/fit`,
    `${session}/analyses`,
    `${session}/fit`,
    `${acquisition}/analyses/fit`,
    "lab/files/x",
    "lab/analyses/fit",
  ])
    assert.equal(await leads(path), "nothing", path)
})

test("nothing in the trash is led to", async (context) => {
  const { ports, admin, session, acquisition, leads } = await opened(context)
  await trashPlace(ports, admin, { id: session })
  for (const path of [session, acquisition, "lab/Memory/sub-01/ses-01", `lab/Memory/sub-01/${session}`])
    assert.equal(await leads(path), "nothing", path)
  assert.equal(await leads("lab/Memory/sub-01"), "lab/Memory/sub-01")
})

test("the path of a file is taken apart at its last word, and no other path is", () => {
  assert.deepEqual(splitFilePath("/lab//Memory/files/Zu\u0308rich.nii/"), { place: "lab/Memory", name: "Zürich.nii" })
  assert.deepEqual(splitFilePath("lab/files/files/files"), { place: "lab/files", name: "files" })
  assert.deepEqual(splitFilePath("files/a"), { place: "", name: "a" })
  assert.deepEqual(splitFilePath("1/2/3/4/5/6/7/files/a"), { place: "1/2/3/4/5/6/7", name: "a" })
  for (const path of ["", "files", "lab/files", "lab/Memory", "files/a/b", "lab/files/a\0", "1/2/3/4/5/6/7/8/files/a"])
    assert.equal(splitFilePath(path), undefined, JSON.stringify(path))
})

test("labels on the way down are told as paths have them, and of nothing that is not kept", async (context) => {
  const { ports, writer, read, project, session, acquisition } = await opened(context)
  const analysis = await createAnalysis(ports, writer, { parent: session, label: "fit" })
  const lineage = async (id: string) => (await findPlace(read, id))?.lineage ?? ""
  const lines = [await lineage(project), await lineage(acquisition), await lineage(analysis.id)]
  const gone = `${await lineage(session)}${"0".repeat(24)}/`
  const labels = await labelsBelow(read, { lineage: await lineage(project) }, [...lines, gone])
  assert.deepEqual(
    [...lines, gone].map((line) => labels.get(line)),
    [[], ["sub-01", "ses-01", "T1w"], ["sub-01", "ses-01", "analyses", "fit"], undefined],
  )
  const below = await labelsBelow(read, { lineage: await lineage(session) }, lines.slice(1))
  assert.deepEqual([...below.values()], [["T1w"], ["analyses", "fit"]])
})

test("labels of more places than one question takes are all told", async (context) => {
  const { ports, read, project, subject } = await opened(context)
  const { lineage = "" } = (await findPlace(read, subject)) ?? {}
  const ids = Array.from({ length: 501 }, (_, n) => n.toString(16).padStart(24, "0"))
  const row = await read.selectFrom("places").selectAll().where("id", "=", subject).executeTakeFirstOrThrow()
  await ports.database.write(async ({ sql }) => {
    for (const id of ids)
      await sql
        .insertInto("places")
        .values({ ...row, id, type: "session", parent: subject, lineage: `${lineage}${id}/`, label: `s${id}` })
        .execute()
  })
  const top = (await findPlace(read, project)) ?? assert.fail("there is no project")
  const labels = await labelsBelow(
    read,
    top,
    ids.map((id) => `${lineage}${id}/`),
  )
  assert.deepEqual(
    [...labels.values()],
    ids.map((id) => ["sub-01", `s${id}`]),
  )
})
