import assert from "node:assert/strict"
import { type TestContext, test } from "node:test"
import { person } from "../../../../test/server/open-access.ts"
import { memoryQueue } from "../../../../test/server/queue/memory-queue.ts"
import { ADMIN, manifestOf, PLACE, PROJECT, type QueueBench } from "../../../../test/server/queue/queue-bench.ts"
import { refusalOf } from "../../../../test/server/refusal-of.ts"
import { lastEvent } from "../../database/events/read-events.ts"
import { switchGear } from "../gears/switch-gear.ts"
import { findSameJob } from "./find-same-job.ts"
import type { JobOrder } from "./job-order.ts"
import { planJob } from "./plan-job.ts"
import { queueJob } from "./queue-job.ts"

const GEAR = manifestOf("smooth", {
  config: { fwhm: { type: "number", default: 6 }, mode: { type: "string", optional: true } },
  inputs: { scans: { base: "file", optional: true }, near: { base: "context" } },
  custom: { geartrain: { inputs: { scans: { takes: "files" } }, resources: { memory: "1g" } } },
})
const KEYED = manifestOf("keyed", {
  inputs: { key: { base: "api-key", "read-only": true }, other: { base: "api-key" } },
})
const SECRET = manifestOf("secret", { custom: { geartrain: { secrets: { license: {}, maybe: { optional: true } } } } })

async function bench(context: TestContext) {
  const rights = { ada: { [PROJECT]: "run" }, eve: {} } as const
  const queue = await memoryQueue(context, { rights, manifests: [GEAR, KEYED, SECRET] })
  const plan = (order: Partial<JobOrder> = {}) =>
    planJob(queue.ports, person("ada"), { gear: "smooth", destination: PLACE, ...order })
  return { queue, plan }
}

/** Queues a plan as a job of this id. */
async function queued(queue: QueueBench, plan: Awaited<ReturnType<typeof planJob>>, job: string, options: object = {}) {
  const ids = { job, lane: `lane-${job}`, requestDigest: "asked" }
  return queue.ports.database.write((write) => queueJob(write, plan, { ports: queue.ports, ids, ...options }))
}

function end(
  queue: QueueBench,
  job: string,
  change: { readonly state: "complete" | "failed"; readonly ended_ms: number },
) {
  return queue.ports.database.write(({ sql }) => sql.updateTable("jobs").set(change).where("id", "=", job).execute())
}

async function files(queue: QueueBench, names: readonly string[], text: (name: string) => string) {
  const references = []
  for (const name of names) {
    const digest = await queue.bytes(text(name))
    const place = { type: "acquisition", id: PLACE } as const
    const filed = { id: name, version: 1, name, digest, sizeBytes: 1, project: PROJECT, place, object: {} }
    queue.archive.files.set(`file:${name}`, filed)
    references.push(`file:${name}`)
  }
  return references
}

test("a plan says all that decides the result, and writes nothing", async (context) => {
  const { queue, plan } = await bench(context)
  const before = await lastEvent(queue.ports.database.read)
  const planned = await plan({ tags: ["b", "smooth", "b"], label: "mine" })
  assert.deepEqual(planned.invocation.config, { fwhm: 6 })
  assert.deepEqual(planned.tags, ["smooth", "b"])
  assert.deepEqual([planned.owner, planned.priority, planned.label, planned.isByContent], ["ada", 0, "mine", false])
  assert.deepEqual(planned.resources, { memoryBytes: 1024 ** 3 })
  assert.equal(planned.same, undefined)
  assert.equal(planned.reuseDigest, planned.invocationDigest)
  assert.equal(await lastEvent(queue.ports.database.read), before)
  assert.deepEqual(await queue.ports.database.read.selectFrom("lanes").select("id").execute(), [])
})

test("what decides the result decides its digest, and nothing else does", async (context) => {
  const { queue, plan } = await bench(context)
  queue.archive.places.set("other", { type: "session", id: "other", project: PROJECT, group: "lab" })
  const digest = async (order: Partial<JobOrder> = {}) => (await plan(order)).invocationDigest
  const usual = await digest()
  for (const order of [
    { config: { fwhm: 6 } },
    { priority: 9 },
    { label: "x" },
    { tags: ["x"] },
    { limits: { cpuCores: 1 } },
  ])
    assert.equal(await digest(order), usual, JSON.stringify(order))
  for (const order of [{ config: { fwhm: 7 } }, { config: { mode: "" } }, { destination: "other" }])
    assert.notEqual(await digest(order), usual, JSON.stringify(order))
})

test("all faults of config, inputs and secrets are told at once; a server has no secrets to give", async (context) => {
  const { plan } = await bench(context)
  const error = await refusalOf(plan({ gear: "secret", config: { a: 1, b: 2 } }))
  assert.equal(error.code, "INVOCATION_INVALID")
  const told = JSON.stringify([error.message, error.details])
  for (const name of ["/config/a", "/config/b", "/inputs/license"]) assert.ok(told.includes(name), told)
  assert.ok(!told.includes("maybe"))
})

test("only keys that the gear asks for are granted, and none because it asks", async (context) => {
  const { plan } = await bench(context)
  const { keys } = await plan({ gear: "keyed", keys: ["key", "other"] })
  assert.deepEqual(keys, [
    { name: "key", readOnly: true },
    { name: "other", readOnly: false },
  ])
  await assert.rejects(plan({ gear: "keyed", keys: ["key"] }), { code: "INVOCATION_INVALID" })
  for (const name of ["scans", "near", "key", "constructor", "x".repeat(5000)]) {
    const refused = { code: "INPUT_INVALID", message: /^Cannot grant key ".{1,100}": the gear asks for no such key$/ }
    await assert.rejects(plan({ keys: [name] }), refused)
  }
})

test("a gear that was disabled is not planned with, by whatever name", async (context) => {
  const { queue, plan } = await bench(context)
  const { id } = (await plan()).gear
  await switchGear(queue.ports, ADMIN, { gear: id, state: "disabled", revision: 1 })
  for (const gear of ["smooth", "smooth@1.0.0", id])
    await assert.rejects(plan({ gear }), { code: "GEAR_DISABLED", message: /"smooth" 1\.0\.0/ })
})

test("jobs into analyses of one place do the same, and what one into the place itself does; of two places they do not", async (context) => {
  const { queue, plan } = await bench(context)
  const parent = { type: "acquisition", id: PLACE } as const
  const at = (id: string, more: object) =>
    void queue.archive.places.set(id, { type: "analysis", id, project: PROJECT, group: "lab", ...more })
  at("one", { parent })
  at("two", { parent })
  at("elsewhere", { parent: { type: "session", id: "s" } })
  at("orphan", {})
  const [one, two, elsewhere, orphan] = [
    await plan({ destination: "one" }),
    await plan({ destination: "two" }),
    await plan({ destination: "elsewhere" }),
    await plan({ destination: "orphan" }),
  ]
  assert.notEqual(one.invocationDigest, two.invocationDigest)
  assert.equal(one.reuseDigest, two.reuseDigest)
  assert.notEqual(one.reuseDigest, elsewhere.reuseDigest)
  assert.equal(orphan.reuseDigest, orphan.invocationDigest)
  assert.equal((await plan()).reuseDigest, one.reuseDigest)
})

test("the same was done by the complete job that ended last, if one may see it", async (context) => {
  const { queue, plan } = await bench(context)
  const planned = await plan()
  for (const id of ["a", "b", "c", "d"]) await queued(queue, planned, id)
  const found = (user = "ada") => findSameJob(queue.ports, person(user), planned.reuseDigest)
  assert.equal(await found(), undefined)
  await end(queue, "a", { state: "complete", ended_ms: 5 })
  await end(queue, "b", { state: "complete", ended_ms: 7 })
  await end(queue, "c", { state: "complete", ended_ms: 6 })
  await end(queue, "d", { state: "failed", ended_ms: 8 })
  assert.deepEqual(await found(), { id: "b", state: "complete", endedMs: 7 })
  assert.equal(await found("eve"), undefined)
  assert.deepEqual((await plan()).same, { id: "b", state: "complete", endedMs: 7 })
  assert.equal((await plan({ config: { fwhm: 1 } })).same, undefined)
})

test("a job is queued with all of its plan, what found contexts and bytes it names, and its place in the lane", async (context) => {
  const { queue } = await bench(context)
  const scans = await files(queue, ["x", "y", "z"], (name) => (name === "z" ? "other" : "equal"))
  const findContexts = async () => ({ near: { age: 3 } })
  const ports = { ...queue.ports, jobArchive: { ...queue.ports.jobArchive, findContexts } }
  const planned = await planJob(ports, person("ada"), {
    gear: "smooth",
    destination: PLACE,
    inputs: { scans },
    tags: ["t"],
  })
  const row = await queued(queue, planned, "a", { origin: { type: "rule", id: "r" }, batch: "b", idempotencyKey: "k" })
  assert.deepEqual(
    [row.state, row.attempt, row.most_attempts, row.outputs, row.revision, row.origin_type, row.origin_id, row.batch],
    ["pending", 1, 3, "[]", 1, "rule", "r", "b"],
  )
  assert.deepEqual(JSON.parse(row.contexts), { near: { age: 3 } })
  assert.deepEqual(JSON.parse(row.inputs), planned.inputs)
  const { read } = queue.ports.database
  const tags = await read.selectFrom("job_tags").select("tag").orderBy("tag").execute()
  assert.deepEqual(
    tags.map(({ tag }) => tag),
    ["smooth", "t"],
  )
  const blobs = await read.selectFrom("job_blobs").select(["digest", "is"]).execute()
  assert.deepEqual(
    new Set(blobs.map(({ digest, is }) => `${is} ${digest}`)),
    new Set(planned.inputs.map(({ digest }) => `input ${digest}`)),
  )
  assert.equal(blobs.length, 2)
  const lane = await read.selectFrom("lanes").selectAll().executeTakeFirstOrThrow()
  assert.deepEqual([lane.id, lane.pending, lane.resources], [row.lane, 1, row.resources])
})

test("a job that cannot be queued leaves nothing of itself", async (context) => {
  const { queue, plan } = await bench(context)
  const planned = await plan()
  await queued(queue, planned, "a", { idempotencyKey: "k" })
  const counted = async () => {
    const { read } = queue.ports.database
    const lane = await read.selectFrom("lanes").select("pending").executeTakeFirstOrThrow()
    const tags = await read.selectFrom("job_tags").select("job").execute()
    return [lane.pending, tags.length, await lastEvent(read)]
  }
  const before = await counted()
  await assert.rejects(queued(queue, planned, "a"), { code: "DATABASE_FAILED" })
  await assert.rejects(queued(queue, planned, "b", { idempotencyKey: "k" }), { code: "DATABASE_FAILED" })
  assert.deepEqual(await counted(), before)
})
