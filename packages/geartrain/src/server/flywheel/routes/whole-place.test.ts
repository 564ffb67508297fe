import assert from "node:assert/strict"
import { test } from "node:test"
import { archiveBench, digestOf } from "../../../../test/server/archive/archive-bench.ts"
import { saveAt } from "../../../../test/server/archive/save-at.ts"
import { memoryDatabase } from "../../../../test/server/memory-database.ts"
import { addNote, createAnalysis } from "../../archive/places/analyses.ts"
import { findPlace } from "../../archive/places/find-place.ts"
import { MOST_FILES } from "../shapes/place-shape.ts"
import { needNamed } from "./need-named.ts"
import { CONTAINERS, FILE_PARAMS, ID_PARAMS, needContainer } from "./paths.ts"
import { listedPlaces, wholePlace } from "./whole-place.ts"

test("a place is found under the word of its own type and under containers, and under no other", async (context) => {
  const { ports, reader, stranger, session, project } = await archiveBench(context, await memoryDatabase(context))
  const need = (word: string, who = reader, right: "read" | "write" = "read") =>
    needContainer(ports, who, { id: session, type: CONTAINERS[word], right, action: "place.read" })
  for (const word of ["sessions", "containers"]) assert.equal((await need(word)).id, session)
  for (const word of ["projects", "subjects", "acquisitions", "analyses"])
    await assert.rejects(need(word), { code: "PLACE_NOT_FOUND" }, word)
  await assert.rejects(need("sessions", stranger), { code: "PLACE_NOT_FOUND" })
  await assert.rejects(need("sessions", reader, "write"), { code: "NOT_PERMITTED" })
  const found = await needContainer(ports, reader, {
    id: project,
    type: undefined,
    right: "read",
    action: "place.read",
  })
  assert.equal(found.type, "project")
})

test("what somebody takes for an id is a text without a zero in it, and not without end", () => {
  for (const id of ["x", "lab/Memory", "ü".repeat(1024)]) assert.ok(ID_PARAMS.safeParse({ id }).success)
  for (const id of ["", "a\0", "a".repeat(1025), 7, undefined]) {
    assert.ok(!ID_PARAMS.safeParse({ id }).success)
    assert.ok(!FILE_PARAMS.safeParse({ id: "x", name: id }).success)
  }
})

test("a file is found by its place and name, with its info, and asked for with the right that is needed", async (context) => {
  const { ports, reader, writer, session, acquisition } = await archiveBench(context, await memoryDatabase(context))
  await saveAt(ports.database, session, { "Zürich.nii": "1" })
  const need = (who: typeof reader, more: Partial<Parameters<typeof needNamed>[2]> = {}) =>
    needNamed(ports, who, { id: session, name: "Zu\u0308rich.nii", type: "session", right: "read", ...more })
  const { place, file } = await need(reader)
  assert.deepEqual([place.id, file.name, file.info, file.origin], [session, "Zürich.nii", "{}", "user"])
  assert.equal((await need(writer, { type: undefined, right: "write" })).file.id, file.id)
  await assert.rejects(need(reader, { right: "write" }), { code: "NOT_PERMITTED" })
  await assert.rejects(need(reader, { name: "none" }), { code: "ARCHIVE_FILE_NOT_FOUND" })
  await assert.rejects(need(reader, { type: "subject" }), { code: "PLACE_NOT_FOUND" })
  await assert.rejects(need(reader, { id: acquisition, type: "acquisition" }), { code: "ARCHIVE_FILE_NOT_FOUND" })
})

test("an analysis is told with its inputs, its notes and its job, and other places without such words", async (context) => {
  const { ports, writer, session, acquisition } = await archiveBench(context, await memoryDatabase(context))
  const [input] = await saveAt(ports.database, acquisition, { "a.nii": "1" })
  const { id } = await createAnalysis(ports, writer, { parent: session, label: "fit", inputs: [input?.id ?? ""] })
  await addNote(ports, writer, { id, text: "well done" })
  await saveAt(ports.database, id, { "result.csv": "12" })
  const whole = async (place: string) =>
    wholePlace(ports, writer, (await findPlace(ports.database.read, place)) ?? assert.fail("there is no such place"))
  const told = await whole(id)
  assert.equal(told["job"], null)
  assert.deepEqual(told["inputs"], [
    {
      ...{ _id: input?.id, file_id: input?.id, name: "a.nii", version: 1, hash: digestOf("1") },
      parent_ref: { id: acquisition },
    },
  ])
  const [note] = told["notes"] as readonly { text: string; user: string; created: string }[]
  assert.deepEqual([note?.text, note?.user], ["well done", "writer"])
  assert.match(note?.created ?? "", /^\d{4}-.*\+00:00$/)
  assert.deepEqual(
    told.files?.map(({ name, size, info }) => [name, size, info]),
    [["result.csv", 2, {}]],
  )
  assert.equal("notes" in (await whole(session)), false)
})

test("places of a list have their own files, without any info, and a place with too many says so", async (context) => {
  const { ports, session, acquisition, subject } = await archiveBench(context, await memoryDatabase(context))
  const { read } = ports.database
  const [file] = await saveAt(ports.database, acquisition, { a: "1" })
  await saveAt(ports.database, session, { b: "1" })
  assert.ok(file !== undefined)
  const rows = [await findPlace(read, session), await findPlace(read, acquisition), await findPlace(read, subject)]
  const list = () =>
    listedPlaces(
      ports,
      rows.filter((row) => row !== undefined),
    )
  assert.deepEqual(
    (await list()).map(({ files, info, files_left_off }) => [files?.map(({ name }) => name), info, files_left_off]),
    [
      [["b"], undefined, undefined],
      [["a"], undefined, undefined],
      [[], undefined, undefined],
    ],
  )
  const version = await read
    .selectFrom("file_versions")
    .selectAll()
    .where("file", "=", file.id)
    .executeTakeFirstOrThrow()
  const more = Array.from({ length: MOST_FILES }, (_, n) => `f${n}`)
  await ports.database.write(async ({ sql }) => {
    for (let at = 0; at < more.length; at += 500) {
      const ids = more.slice(at, at + 500)
      await sql
        .insertInto("files")
        .values(ids.map((id) => ({ ...file, id, name: id })))
        .execute()
      await sql
        .insertInto("file_versions")
        .values(ids.map((id) => ({ ...version, file: id })))
        .execute()
    }
  })
  assert.deepEqual(
    (await list()).map(({ files, files_left_off }) => [files?.length, files_left_off]),
    [
      [1, undefined],
      [MOST_FILES, true],
      [0, undefined],
    ],
  )
})
