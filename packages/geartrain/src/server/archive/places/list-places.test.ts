import assert from "node:assert/strict"
import { test } from "node:test"
import { archiveBench } from "../../../../test/server/archive/archive-bench.ts"
import { memoryDatabase } from "../../../../test/server/memory-database.ts"
import { person } from "../../../../test/server/open-access.ts"
import { trashPlace } from "../trash/trash-place.ts"
import { createAnalysis, linkJob } from "./analyses.ts"
import { createPlace } from "./create-place.ts"
import { findPlace } from "./find-place.ts"
import { labelTaken } from "./label-taken.ts"
import { listPlaces, type PlacesAsked } from "./list-places.ts"
import { lockPlace } from "./lock-place.ts"
import { needOpen } from "./need-open.ts"
import { listedPlace, PARENT_TYPES, placeOf } from "./place.ts"
import { placeUnfit } from "./place-unfit.ts"

test("places of one type are listed wherever they lie, as far as the caller may read", async (context) => {
  const bench = await archiveBench(context, await memoryDatabase(context))
  const { ports, admin, writer, stranger, project, otherProject, subject, session } = bench
  const other = await createPlace(ports, admin, { type: "subject", parent: otherProject, label: "sub-01" })
  const list = async (who: typeof admin, asked: Partial<PlacesAsked>) =>
    (await listPlaces(ports, who, { type: "subject", limit: 10, ...asked })).map(({ id }) => id)
  assert.deepEqual(await list(admin, {}), [subject, other.id].toSorted())
  assert.deepEqual(await list(writer, {}), [subject])
  assert.deepEqual(await list(stranger, {}), [other.id])
  assert.deepEqual(await list(person("nobody"), {}), [])
  assert.deepEqual(
    await list(admin, { group: "lab", label: "sub-01", limit: 1 }),
    [subject, other.id].toSorted().slice(0, 1),
  )
  const [first = ""] = await list(admin, { limit: 1 })
  assert.deepEqual(
    await list(admin, { after: first }),
    [subject, other.id].filter((id) => id !== first),
  )
  assert.deepEqual(await list(admin, { group: "other" }), [])
  assert.deepEqual(await list(admin, { type: "session" }), [session])
  assert.deepEqual(await list(admin, { below: project }), [subject])
  await assert.rejects(list(writer, { below: otherProject }), { code: "PLACE_NOT_FOUND" })
  await trashPlace(ports, admin, { id: subject })
  assert.deepEqual(await list(admin, {}), [other.id])
})

test("below a place lies what is deep in it, and directly in it what has it as its parent, but not itself", async (context) => {
  const bench = await archiveBench(context, await memoryDatabase(context))
  const { ports, admin, writer, session, acquisition } = bench
  const deep = await createAnalysis(ports, writer, { parent: acquisition, label: "deep", info: { a: 1 } })
  const near = await createAnalysis(ports, writer, { parent: session, label: "near" })
  const list = async (asked: Partial<PlacesAsked>) =>
    listPlaces(ports, admin, { type: "analysis", limit: 10, ...asked })
  const ids = async (asked: Partial<PlacesAsked>) => (await list(asked)).map(({ id }) => id)
  assert.deepEqual(await ids({ below: session }), [deep.id, near.id].toSorted())
  assert.deepEqual(await ids({ below: session, directly: true }), [near.id])
  assert.deepEqual(await ids({ below: deep.id }), [])
  const [bare] = await list({ label: "deep" })
  const [whole] = await list({ label: "deep", withInfo: true })
  assert.deepEqual([bare && "info" in bare, whole?.info], [false, '{"a":1}'])
})

test("a place is told with all that is known of it, in lists without its info, and when it went to the trash", async (context) => {
  const { ports, admin, session, subject, project } = await archiveBench(context, await memoryDatabase(context))
  const row = (await findPlace(ports.database.read, session)) ?? assert.fail("there is no session")
  const told = placeOf({ ...row, metadata: '{"operator":"x"}', tags: '["a"]', info: '{"b":[1]}' })
  assert.deepEqual(told, {
    ...{ id: session, type: "session", parent: subject, group: "lab", project, label: "ses-01", tags: ["a"] },
    ...{ metadata: { operator: "x" }, info: { b: [1] }, createdMs: row.created_ms, createdBy: admin.user },
    ...{ modifiedMs: row.modified_ms, revision: 1 },
  })
  assert.equal("info" in listedPlace(row), false)
  assert.equal(listedPlace({ ...row, deleted_ms: 7 }).deletedMs, 7)
})

test("no place lies in one of its own type or of a later one, and what it lies in is said", () => {
  const order: readonly string[] = ["group", "project", "subject", "session", "acquisition", "analysis"]
  for (const [type, parents] of Object.entries(PARENT_TYPES))
    for (const parent of parents) assert.ok(order.indexOf(parent) < order.indexOf(type), `${type} in ${parent}`)
  const error = placeUnfit("session", { id: "p", type: "project" })
  assert.deepEqual(
    [error.code, error.details],
    ["PLACE_UNFIT", { type: "session", parent: "p", parentType: "project" }],
  )
  assert.match(error.message, /session into "p": that is of type project, and it lies in subject$/)
  assert.match(placeUnfit("analysis", { id: "p", type: "analysis" }).message, /project, subject, session, acquisition$/)
  assert.deepEqual(labelTaken("T1w").details, { label: "T1w" })
})

test("a place that is held stays as it was, and what is gone cannot be held", async (context) => {
  const { ports, admin, acquisition } = await archiveBench(context, await memoryDatabase(context))
  const before = await findPlace(ports.database.read, acquisition)
  await ports.database.write((write) => lockPlace(write, acquisition))
  assert.deepEqual(await findPlace(ports.database.read, acquisition), before)
  await trashPlace(ports, admin, { id: acquisition })
  for (const id of [acquisition, "0".repeat(24)])
    await assert.rejects(
      ports.database.write((write) => lockPlace(write, id)),
      { code: "PLACE_NOT_FOUND" },
    )
})

test("files are added to any place but to an analysis that a job puts out", async (context) => {
  const { ports, admin, writer, acquisition } = await archiveBench(context, await memoryDatabase(context))
  const { id } = await createAnalysis(ports, writer, { parent: acquisition, label: "fit" })
  const open = async (place: string) =>
    needOpen(ports, (await findPlace(ports.database.read, place)) ?? assert.fail("there is no place"))
  await open(acquisition)
  await open(id)
  await linkJob(ports, admin, { id, job: "j1" })
  await open(acquisition)
  await assert.rejects(open(id), { code: "PLACE_UNFIT", details: { place: id, job: "j1" } })
})
