import assert from "node:assert/strict"
import { test } from "node:test"
import type { ErrorCode } from "@geartrain/spec"
import { type Asked, answeringClient, refusal } from "../../../../test/archive/transfer/answering-client.ts"
import type { PlannedFile, PlannedLevel, PlannedPlace, UploadPlan } from "../../upload-plan/upload-plan.ts"
import { placePlan } from "./place-plan.ts"
import { addFields, placeWithin, type ReachedPlace, reachPlace } from "./reach-place.ts"

const { signal } = new AbortController()
const PROJECT: ReachedPlace = {
  ...{ id: "p", type: "project", path: "lab/study", isNew: false },
  ...{ metadata: {}, info: {} },
}

interface ServerPlace {
  readonly type: string
  readonly metadata?: object
  readonly info?: object
}

/** A server with these places, each of which has its path for its id; what is refused is so by the path that would be made. */
function serving(there: Readonly<Record<string, ServerPlace>>, refused: Readonly<Record<string, ErrorCode>> = {}) {
  const places = new Map(Object.entries(there))
  const answering = answeringClient(({ method, path, query, body }: Asked) => {
    if (path === "/api/v1/lookup") return found(places, query["path"] ?? "")
    if (method === "GET") return Response.json({ path: path.slice("/api/v1/places/".length) })
    if (method === "PATCH") return Response.json({})
    const wish = JSON.parse(body.toString("utf8"))
    const made = path === "/api/v1/groups" ? wish.id : `${wish.parent}/${wish.label}`
    const code =
      refused[made] ?? (path === "/api/v1/places" && !places.has(wish.parent) ? "PLACE_NOT_FOUND" : undefined)
    if (code !== undefined) return refusal(code)
    places.set(made, { type: path === "/api/v1/groups" ? "group" : wish.type, ...wish })
    return Response.json({ id: made }, { status: 201 })
  })
  const changes = () =>
    answering.asked
      .filter(({ method }) => method !== "GET")
      .map(({ method, path, body }) => [`${method} ${path.slice("/api/v1/".length)}`, JSON.parse(body.toString())])
  return { client: answering.client, changes }
}

function found(places: ReadonlyMap<string, ServerPlace>, path: string): Response {
  const place = places.get(path)
  if (place === undefined) return refusal("PLACE_NOT_FOUND")
  if (place.type === "group" || place.type === "file") return Response.json({ kind: place.type })
  const { type, metadata = {}, info = {} } = place
  return Response.json({ kind: "place", place: { id: path, type, path, metadata, info } })
}

test("a place that is there is reached as it is, with nothing changed", async () => {
  const { client, changes } = serving({ "lab/study": { type: "project", info: { a: 1 } } })
  const reached = await reachPlace(client, "/lab//study/")
  assert.deepEqual(reached, { ...PROJECT, id: "lab/study", info: { a: 1 } })
  assert.deepEqual(changes(), [])
})

test("what is missing of a path is made from above, the group too, each of its level", async () => {
  const { client, changes } = serving({})
  const reached = await reachPlace(client, "lab/study/sub/ses/acq")
  assert.deepEqual([reached.path, reached.type, reached.isNew], ["lab/study/sub/ses/acq", "acquisition", true])
  const place = (type: string, parent: string, label: string) => ["POST places", { type, parent, label }]
  assert.deepEqual(changes(), [
    place("project", "lab", "study"),
    ["POST groups", { id: "lab" }],
    place("project", "lab", "study"),
    place("subject", "lab/study", "sub"),
    place("session", "lab/study/sub", "ses"),
    place("acquisition", "lab/study/sub/ses", "acq"),
  ])
})

test("nothing is made of a path that is no place of files, or is too short or too long", async () => {
  const { client, changes } = serving({ lab: { type: "group" }, "lab/s/files/x": { type: "file" } })
  for (const path of ["none", "", "a/b/c/d/e/f", "lab/s/files/y", "lab/s/analyses/y"])
    await assert.rejects(reachPlace(client, path), { code: "PLACE_NOT_FOUND", details: { path } })
  for (const path of ["lab", "lab/s/files/x"]) await assert.rejects(reachPlace(client, path), { code: "PLACE_UNFIT" })
  assert.deepEqual(changes(), [])
})

test("where somebody else was quicker, the place is theirs", async () => {
  const there: Record<string, ServerPlace> = {}
  const { client } = answeringClient(({ method, query }) => {
    if (method === "GET") return found(new Map(Object.entries(there)), query["path"] ?? "")
    there["p/sub"] = { type: "subject" }
    return refusal("LABEL_TAKEN")
  })
  const place = await placeWithin(client, { parent: "p", level: "subject", label: "sub", fields: {} })
  assert.deepEqual([place.id, place.isNew], ["p/sub", false])
})

test("a label that is taken by what cannot be looked up is the server's refusal", async () => {
  const { client } = serving({ p: { type: "project" } }, { "p/sub": "LABEL_TAKEN" })
  const wish = { parent: "p", level: "subject", label: "sub", fields: {} } as const
  await assert.rejects(placeWithin(client, wish), { code: "LABEL_TAKEN" })
})

test("of a place that is there, what is known stays and what is not is added; label and tags are not touched", async () => {
  const { client, changes } = serving({})
  const place = { ...PROJECT, metadata: { sex: "female", age: null }, info: { a: 1 } }
  const fields = { sex: "male", age: 3, weight: 70, label: "x", tags: ["y"], info: { a: 2, b: 3 } }
  await addFields(client, place, fields)
  assert.deepEqual(changes(), [["PATCH places/p", { set: { weight: 70, info: { b: 3 } } }]])
  await addFields(client, place, { sex: "male", info: { a: 2 }, tags: ["y"] })
  assert.equal(changes().length, 1)
})

function planned(labels: readonly string[], files: readonly string[] = [], fields: object = {}): PlannedPlace {
  const level = (["project", "subject", "session", "acquisition"] as const)[labels.length] as PlannedLevel
  return { level, labels, fields: { ...fields }, files: files.map(fileOf) }
}

function fileOf(name: string): PlannedFile {
  return { name, sizeBytes: 1, fields: {}, content: { kind: "file", path: name } }
}

function planOf(...places: readonly PlannedPlace[]): UploadPlan {
  return { folder: "/data", sorter: "folders", places, leftOut: [], warnings: [] }
}

test("files get the places of their plan, those that were made are told, and the project is no news", async () => {
  const { client, changes } = serving({ p: { type: "project" }, "p/old": { type: "subject" } })
  const plan = planOf(
    planned([], ["README"], { info: { Name: "x" } }),
    planned(["old"], ["a"]),
    planned(["new"], [], { sex: "female", info: { k: 1 } }),
    planned(["new", "ses"], ["b", "c"]),
  )
  const { tasks, failed, made } = await placePlan(client, PROJECT, { plan, signal })
  assert.deepEqual(
    tasks.map(({ file, place, folder }) => [file.name, place.id, place.isNew, folder]),
    [
      ["README", "p", false, "/data"],
      ["a", "p/old", false, "/data"],
      ["b", "p/new/ses", true, "/data"],
      ["c", "p/new/ses", true, "/data"],
    ],
  )
  assert.deepEqual([failed, made], [[], ["p/new", "p/new/ses"]])
  assert.deepEqual(changes()[0], ["PATCH places/p", { set: { info: { Name: "x" } } }])
  const body = { type: "subject", parent: "p", label: "new", metadata: { sex: "female" }, info: { k: 1 } }
  assert.deepEqual(changes()[1], ["POST places", body])
})

test("where a place cannot be, its files and those below it fail with the reason, and others do not", async () => {
  const { client } = serving({ p: { type: "project" } }, { "p/bad": "NAME_UNFIT" })
  const plan = planOf(planned([]), planned(["bad"], ["a"]), planned(["bad", "ses"], ["b"]), planned(["good"], ["c"]))
  const { tasks, failed, made } = await placePlan(client, PROJECT, { plan, signal })
  assert.deepEqual(
    failed.map(({ task, outcome, error }) => [task.file.name, task.place.path, outcome, error?.code]),
    [
      ["a", "lab/study/bad", "failed", "NAME_UNFIT"],
      ["b", "lab/study/bad/ses", "failed", "NAME_UNFIT"],
    ],
  )
  assert.deepEqual([tasks.map(({ place }) => place.id), made], [["p/good"], ["p/good"]])
})

test("what would befall every place ends all", async () => {
  const { client } = serving({ p: { type: "project" } }, { "p/a": "NOT_PERMITTED" })
  const plan = planOf(planned([]), planned(["a"], ["x"]), planned(["b"], ["y"]))
  await assert.rejects(placePlan(client, PROJECT, { plan, signal }), { code: "NOT_PERMITTED" })
})
