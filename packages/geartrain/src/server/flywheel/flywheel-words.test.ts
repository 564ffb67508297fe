import assert from "node:assert/strict"
import { test } from "node:test"
import type { GearManifest } from "@geartrain/spec"
import { flywheelError } from "./flywheel-error.ts"
import { INFO_CHANGE, infoPatch } from "./info-change.ts"
import { JOB_ORDER, orderOf } from "./job-order.ts"
import { fileShape, parentsOf, placesIn } from "./shapes/file-shape.ts"
import { listedJobShape } from "./shapes/job-shape.ts"
import { placeShape } from "./shapes/place-shape.ts"

const MANIFEST: GearManifest = {
  name: "tool",
  label: "Tool",
  description: "A",
  version: "1.0.0",
  author: "A",
  license: "MIT",
  url: "",
  source: "",
  config: {},
  inputs: { scan: { base: "file" } },
}

test("a member of info that is set takes the place of all that was under its name, and the rest stays", () => {
  assert.deepEqual(infoPatch({ a: { b: 1, c: { d: 2 } }, e: 3 }, { set: { a: { c: 4 } } }), {
    set: { info: { a: { c: 4 } } },
    unset: [["info", "a", "b"]],
  })
  assert.deepEqual(infoPatch({ a: 1 }, { delete: ["a", "b"] }), {
    unset: [
      ["info", "a"],
      ["info", "b"],
    ],
  })
})

test("info that is replaced is what was given, and nothing of before", () => {
  assert.deepEqual(infoPatch({ a: 1, b: { c: 2, d: 3 } }, { replace: { b: { c: 5 } } }), {
    set: { info: { b: { c: 5 } } },
    unset: [
      ["info", "a"],
      ["info", "b", "d"],
    ],
  })
})

test("all of info and parts of it are not changed at once, and no other word is known", () => {
  for (const change of [
    { replace: {}, set: {} },
    { replace: {}, delete: ["a"] },
  ])
    assert.throws(() => infoPatch({}, change), { code: "REQUEST_INVALID" })
  assert.ok(!INFO_CHANGE.safeParse({ sett: {} }).success)
  assert.ok(!INFO_CHANGE.safeParse({ delete: [""] }).success)
})

test("an order in Flywheel's words is one in ours: what is null is not set", () => {
  const order = JOB_ORDER.parse({
    gear_id: "tool",
    inputs: { scan: { type: "acquisition", id: "1f", name: "a.nii" } },
    config: { speed: 1, mode: null },
    destination: { type: "analysis", id: "2f" },
    priority: "high",
    label: "L",
  })
  assert.deepEqual(orderOf(order, MANIFEST), {
    gear: "tool",
    inputs: { scan: "1f/files/a.nii" },
    config: { speed: 1 },
    destination: "2f",
    label: "L",
    priority: 50,
  })
  assert.deepEqual(orderOf(JOB_ORDER.parse({ gear_id: "t", priority: null }), MANIFEST), { gear: "t", inputs: {} })
})

test("to order a gear that declares keys and the network is to grant them", () => {
  const manifest: GearManifest = { ...MANIFEST, inputs: { key: { base: "api-key" } }, capabilities: ["networking"] }
  assert.deepEqual(orderOf({ gear_id: "t" }, manifest), { gear: "t", inputs: {}, keys: ["key"], network: "outbound" })
})

test("the name of a file that would be several steps of a path is no file", () => {
  for (const [id, name] of [
    ["1f", "a/b"],
    ["1f/files", "b"],
  ] as const) {
    const inputs = { scan: { type: "session", id, name } }
    assert.throws(() => orderOf({ gear_id: "t", inputs }, MANIFEST), { code: "INPUT_NOT_FOUND" })
  }
})

test("an error has Flywheel's members, and ours beside; what is not known is left away", () => {
  const problem = { type: "about:blank", title: "T", status: 404, detail: "Gone", code: "X" }
  assert.deepEqual(flywheelError(problem as never), { status_code: 404, message: "Gone", code: "X" })
  assert.deepEqual(flywheelError({ ...problem, hint: "H", instance: "7" } as never), {
    ...{ status_code: 404, message: "Gone", code: "X", hint: "H", request_id: "7" },
  })
})

test("what something lies in has a name for every level, null below it", () => {
  assert.deepEqual(placesIn("1/2/3/", 1), ["1", "2"])
  assert.deepEqual(placesIn("", 0), [])
  assert.deepEqual(parentsOf("lab", []), {
    group: "lab",
    project: null,
    subject: null,
    session: null,
    acquisition: null,
  })
})

const PLACE = {
  ...{ id: "3", type: "session", label: "S", parent: "2", group_id: "lab", lineage: "1/2/3/", revision: 4 },
  ...{ metadata: '{"age":5}', tags: '["t"]', created_ms: 0, modified_ms: 1000 },
}
const FILE = {
  ...{ id: "f", name: "a", type: null, mimetype: "x/y", modality: null, classification: "{}", tags: "[]" },
  ...{ job: null, created_by: "ada", digest: "sha256:1", size_bytes: 3, version: 2, member_count: null },
  ...{ created_ms: 0, modified_ms: 0, place: "3", lineage: "1/2/3/" },
}

function placeOf(members: object, files?: readonly object[]) {
  return placeShape({ ...PLACE, ...members } as never, files as never)
}

test("each level says under its own names what it lies in", () => {
  const session = placeOf({})
  assert.deepEqual([session["group"], session["project"], session["subject"]], ["lab", "1", { _id: "2" }])
  assert.deepEqual([session["age"], session.created], [5, "1970-01-01T00:00:00.000+00:00"])
  assert.equal(placeOf({ type: "project", lineage: "1/" })["group"], "lab")
  assert.equal(placeOf({ type: "subject", parent: "1", lineage: "1/2/" })["project"], "1")
  assert.equal(placeOf({ type: "acquisition", parent: "3", lineage: "1/2/3/4/" })["session"], "3")
  for (const [lineage, type] of [
    ["1/9/", "project"],
    ["1/2/9/", "subject"],
    ["1/2/3/9/", "session"],
    ["1/2/3/4/9/", "acquisition"],
  ] as const)
    assert.deepEqual(placeOf({ type: "analysis", parent: "p", lineage })["parent"], { type, id: "p" })
})

test("what a place says of itself never stands for what the server knows", () => {
  const shape = placeOf({ metadata: '{"_id":"evil","group":"evil","revision":99}' })
  assert.deepEqual([shape._id, shape["group"], shape.revision], ["3", "lab", 4])
})

test("info is told where it was read, and whether there is any", () => {
  assert.ok(!("info" in placeOf({})))
  assert.equal(placeOf({ info: "{}" }).info_exists, false)
  assert.equal(placeOf({ info: '{"a":1}' }).info_exists, true)
})

test("nobody takes a part of a place's files for all of them", () => {
  assert.ok(!("files_left_off" in placeOf({}, Array(2000).fill(FILE))))
  const many = placeOf({}, Array(2001).fill(FILE))
  assert.deepEqual([many.files?.length, many["files_left_off"]], [2000, true])
})

test("a file says who made it: the job, or else the user", () => {
  const place = { type: "session", group_id: "lab" } as const
  assert.deepEqual(fileShape(FILE as never, place).origin, { type: "user", id: "ada" })
  assert.deepEqual(fileShape({ ...FILE, job: "j" } as never, place).origin, { type: "job", id: "j" })
  assert.equal(fileShape(FILE as never, place).parents.session, "3")
  // A file of an analysis lies in what the analysis is about.
  const ofAnalysis = fileShape({ ...FILE, lineage: "1/2/9/" } as never, { type: "analysis", group_id: "lab" })
  assert.deepEqual([ofAnalysis.parents.subject, ofAnalysis.parents.session], ["2", null])
})

test("only a failed job has a reason to fail, and who ordered it is told by whose doing it was", () => {
  const job = {
    ...{ id: "j", gear: { id: "g", name: "n", version: "1" }, state: "failed", reason: "TIME_LIMIT", tags: [] },
    ...{ destination: { type: "session", id: "3" }, priority: 0, attempt: 1, owner: "ada", createdMs: 0, queuedMs: 5 },
    origin: { type: "user" },
  }
  const shape = (members: object) => listedJobShape({ ...job, ...members } as never)
  assert.equal(shape({}).failure_reason, "TIME_LIMIT")
  assert.equal(shape({ message: "too long" }).failure_reason, "too long")
  assert.equal(shape({ state: "complete" }).failure_reason, null)
  assert.deepEqual(shape({})["origin"], { type: "user", id: "ada" })
  assert.deepEqual(shape({ origin: { type: "rule", id: "r" } })["origin"], { type: "system", id: "r" })
  assert.deepEqual(shape({ origin: { type: "job", id: "k" } })["origin"], { type: "job", id: "k" })
  assert.equal(shape({ startedMs: 7 })["modified"], "1970-01-01T00:00:00.007+00:00")
})
