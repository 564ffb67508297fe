import assert from "node:assert/strict"
import { type TestContext, test } from "node:test"
import type { JsonObject } from "@geartrain/spec"
import type { Rule, RuleCondition } from "@geartrain/spec/rules"
import { saveAt } from "../../../../test/server/archive/save-at.ts"
import { memoryDatabase } from "../../../../test/server/memory-database.ts"
import { insertJob } from "../../../../test/server/rules/insert-job.ts"
import { rulesBench } from "../../../../test/server/rules/rules-bench.ts"
import { trashFile } from "../../archive/trash/trash-file.ts"
import type { ServerEvent } from "../../database/events/server-event.ts"
import { concerns, eventFiles, type FilePlace, filesWithin } from "./event-files.ts"

function event(kind: string, data: JsonObject = {}, subject = "s"): ServerEvent {
  return { seq: 1, atMs: 0, kind, project: "p", subject, byUser: undefined, data }
}

function rule(when?: RuleCondition, more: Partial<Rule> = {}): Rule {
  return { rule: 1, name: "r", gear: { name: "g", version: "1" }, ...(when === undefined ? {} : { when }), ...more }
}

const JOB = { job: { gear: "g", state: "complete" } } as const

test("what happens to a file concerns every rule, but one that comes at its own times", () => {
  for (const kind of ["file.saved", "file.changed", "file.restored", "place.restored"]) {
    assert.equal(concerns(event(kind), rule()), true)
    assert.equal(concerns(event(kind), rule(undefined, { schedule: { cron: "0 3 * * *" } })), false)
  }
})

test("a place that changes concerns rules that look at places, and one that moves all of them", () => {
  const changed = event("place.changed", { changed: ["info"] })
  assert.equal(concerns(changed, rule({ metadata: "session.info.x", exists: true })), true)
  assert.equal(concerns(changed, rule({ not: { holds: { metadata: "subject.sex", exists: true } } })), true)
  assert.equal(concerns(changed, rule(undefined, { inputs: { a: { metadata: "project.label", equals: "x" } } })), true)
  for (const when of [undefined, { metadata: "file.info.x", exists: true }, { type: "dicom" }] as const)
    assert.equal(concerns(changed, rule(when)), false)
  assert.equal(concerns(event("place.changed", { changed: ["label", "parent"] }), rule()), true)
  assert.equal(concerns(event("place.changed", { changed: "parent" }), rule()), false)
  assert.equal(concerns(event("place.changed"), rule()), false)
})

test("only a job that has ended, and only a rule that looks at jobs, have to do with each other", () => {
  for (const state of ["complete", "failed"]) {
    assert.equal(concerns(event("job.changed", { state }), rule(JOB)), true)
    assert.equal(concerns(event("job.changed", { state }), rule({ madeBy: { gear: "g" } })), false)
  }
  for (const state of ["pending", "running", "cancelled", null])
    assert.equal(concerns(event("job.changed", { state }), rule(JOB)), false)
})

async function opened(context: TestContext) {
  const { ports, archive } = await rulesBench(context, await memoryDatabase(context))
  const { read } = ports.database
  const save = async (place: string, name: string) =>
    (await saveAt(ports.database, place, { [name]: name }))[0] ?? assert.fail("nothing was saved")
  const files = async (happened: ServerEvent, after?: FilePlace, limit = 10) =>
    (await eventFiles(read, happened, { after, limit })).map(({ name }) => name)
  return { ports, archive, read, save, files }
}

test("an event of a file is about that one, while it lives, and is done with it", async (context) => {
  const { archive, save, files } = await opened(context)
  const file = await save(archive.acquisition, "a")
  for (const kind of ["file.saved", "file.changed", "file.restored"]) {
    assert.deepEqual(await files(event(kind, {}, file.id)), ["a"])
    assert.deepEqual(await files(event(kind, {}, file.id), file), [])
  }
  await trashFile(archive.ports, archive.writer, { id: file.id })
  assert.deepEqual(await files(event("file.saved", {}, file.id)), [])
  assert.deepEqual(await files(event("file.saved", {}, "none")), [])
})

test("an event of a place is about all files in it and below, page by page", async (context) => {
  const { archive, read, save, files } = await opened(context)
  await save(archive.session, "b")
  await save(archive.session, "a")
  const deep = await save(archive.acquisition, "0")
  await save(archive.project, "above")
  const happened = event("place.changed", {}, archive.session)
  assert.deepEqual(await files(happened), ["a", "b", "0"])
  const [first] = await eventFiles(read, happened, { after: undefined, limit: 1 })
  assert.deepEqual(await files(happened, first, 1), ["b"])
  assert.deepEqual(await files(happened, deep), [])
  assert.deepEqual(await files(event("place.restored", {}, "none")), [])
  assert.deepEqual(await filesWithin(read, "none/", { after: undefined, limit: 10 }), [])
})

test("an event of a job is about the files of its destination and those that it read, each once", async (context) => {
  const { archive, ports, save, files } = await opened(context)
  const beside = await save(archive.acquisition, "beside")
  const read = await save(archive.session, "read")
  await save(archive.session, "not read")
  const inputs = JSON.stringify([{ file: read.id }, { file: beside.id }, { file: read.id }, { file: "gone" }])
  const job = { destination_id: archive.acquisition, inputs }
  await insertJob(ports.database, "j1", job)
  await insertJob(ports.database, "by content", { ...job, by_content: 1 })
  await insertJob(ports.database, "no inputs", { destination_id: archive.acquisition })
  const happened = event("job.changed", {}, "j1")
  assert.deepEqual(await files(happened), ["read", "beside"])
  assert.deepEqual(await files(happened, read), ["beside"])
  assert.deepEqual(await files(event("job.changed", {}, "no inputs")), ["beside"])
  assert.deepEqual(await files(event("job.changed", {}, "by content")), [])
  assert.deepEqual(await files(event("job.changed", {}, "none")), [])
})
