import assert from "node:assert/strict"
import { test } from "node:test"
import type { MetadataChange, Place } from "@geartrain/spec/archive"
import { archiveBench } from "../../../../test/server/archive/archive-bench.ts"
import { saveAt } from "../../../../test/server/archive/save-at.ts"
import { memoryDatabase } from "../../../../test/server/memory-database.ts"
import { createAnalysis } from "../places/analyses.ts"
import { findPlace, pathOf, placesAbove } from "../places/find-place.ts"
import { trashFile } from "../trash/trash-file.ts"
import { describeHierarchy, groupChanges } from "./job-changes.ts"

const PLACE: Place = {
  level: "session",
  id: "s",
  label: "s",
  path: "lab/p/u/s",
  parent: "u",
  fields: {},
  files: [],
  at: [],
}

function change(
  kind: MetadataChange["kind"],
  field: MetadataChange["field"],
  more: Partial<MetadataChange>,
): MetadataChange {
  return { kind, place: PLACE, field, ...more }
}

test("a line of places is told from the project down, by the paths that lead there", async (context) => {
  const { ports, writer, session, project } = await archiveBench(context, await memoryDatabase(context))
  const { read } = ports.database
  const analysis = await createAnalysis(ports, writer, {
    parent: session,
    label: "fit",
    tags: ["b", "a"],
    info: { x: 1 },
  })
  const place = (await findPlace(read, analysis.id)) ?? assert.fail("there is no analysis")
  const { places } = await describeHierarchy(read, await placesAbove(read, place), [])
  assert.deepEqual(
    places.map(({ level, path }) => [level, path]),
    [
      ["project", "lab/Memory"],
      ["subject", "lab/Memory/sub-01"],
      ["session", "lab/Memory/sub-01/ses-01"],
      ["analysis", await pathOf(read, place)],
    ],
  )
  assert.equal("parent" in (places[0] ?? {}), false)
  assert.deepEqual([places[1]?.parent, places[3]?.parent], [project, session])
  assert.deepEqual(places[3]?.fields, { label: "fit", info: { x: 1 }, tags: ["a", "b"] })
  assert.deepEqual(await describeHierarchy(read, [], ["a"]), { places: [] })
})

test("of the files those that are spoken of are told, once, and only at the place itself", async (context) => {
  const { ports, writer, session, acquisition } = await archiveBench(context, await memoryDatabase(context))
  const { read } = ports.database
  const [file] = await saveAt(ports.database, acquisition, { "Zürich.nii": "1" })
  const [gone] = await saveAt(ports.database, acquisition, { gone: "1" })
  await saveAt(ports.database, acquisition, { unnamed: "1" })
  await saveAt(ports.database, session, { gone: "1" })
  await trashFile(ports, writer, { id: gone?.id ?? "" })
  const place = (await findPlace(read, acquisition)) ?? assert.fail("there is no acquisition")
  const many = Array.from({ length: 1000 }, (_, n) => `none-${n}`)
  const names = [...many, "Zu\u0308rich.nii", "Zürich.nii", "gone", "with\0zero"]
  const { places } = await describeHierarchy(read, await placesAbove(read, place), names)
  assert.deepEqual(
    places.map(({ files }) => files.map(({ name, path }) => [name, path])),
    [[], [], [], [["Zürich.nii", file?.id]]],
  )
})

test("all that changes at one place is put together, and each file of it by itself", () => {
  const changes = [
    change("set", ["info", "a", "b"], { after: 1 }),
    change("tag", ["tags"], { after: "x" }),
    change("replace", ["info", "a", "c"], { before: 1, after: null }),
    change("set", ["modality"], { file: "f", after: "MR" }),
    change("tag", ["tags"], { file: "f", after: "y" }),
    change("tag", ["tags"], { after: "z" }),
    change("set", ["label"], { place: { ...PLACE, id: "t" }, after: "l" }),
  ]
  assert.deepEqual(groupChanges(changes), [
    { place: "s", patch: { set: { info: { a: { b: 1, c: null } } }, addTags: ["x", "z"] } },
    { place: "s", file: "f", patch: { set: { modality: "MR" }, addTags: ["y"] } },
    { place: "t", patch: { set: { label: "l" }, addTags: [] } },
  ])
})

test("what stays as it is, is left out, and a member of any name is a member", () => {
  assert.deepEqual(
    groupChanges([
      change("kept", ["label"], { before: "a", after: "b" }),
      change("dropped", ["x"], { after: 1, why: "unknown" }),
      change("file", [], { file: "f", after: "f" }),
      change("set", ["info"], {}),
    ]),
    [],
  )
  const [only] = groupChanges([change("set", ["info", "__proto__", "a"], { after: 1 })])
  assert.equal(JSON.stringify(only?.patch.set), '{"info":{"__proto__":{"a":1}}}')
})
