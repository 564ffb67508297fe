import assert from "node:assert/strict"
import { isGeartrainError } from "@geartrain/spec"
import { finishAttempt } from "../../../src/server/queue/attempts/finish-attempt.ts"
import { registerGear } from "../../../src/server/queue/gears/register-gear.ts"
import { switchGear } from "../../../src/server/queue/gears/switch-gear.ts"
import { jobBlobReferences } from "../../../src/server/queue/jobs/blob-references.ts"
import { cancelJob } from "../../../src/server/queue/jobs/cancel-job.ts"
import { changeJob } from "../../../src/server/queue/jobs/change-job.ts"
import { jobConfig } from "../../../src/server/queue/jobs/job-config.ts"
import { listJobs } from "../../../src/server/queue/jobs/list-jobs.ts"
import { readJob } from "../../../src/server/queue/jobs/read-job.ts"
import { heartbeat } from "../../../src/server/queue/runners/heartbeat.ts"
import { submitJob } from "../../../src/server/queue/submit/submit-job.ts"
import { onDatabases } from "../on-databases.ts"
import { person } from "../open-access.ts"
import {
  ADMIN,
  complete,
  held,
  manifestOf,
  PLACE,
  PROJECT,
  type QueueBench,
  queueBench,
  runnerCaller,
} from "./queue-bench.ts"

const SMOOTH = manifestOf("smooth", {
  config: { fwhm: { type: "number", default: 6, minimum: 0 } },
  inputs: {
    t1: { base: "file", type: { enum: ["nifti"] } },
    mask: { base: "file", optional: true },
    key: { base: "api-key", "read-only": true },
  },
})

const isCode = (code: Parameters<typeof isGeartrainError>[1]) => (error: unknown) => isGeartrainError(error, code)

async function withFile(queue: QueueBench, name: string, more: { readonly project?: string } = {}): Promise<string> {
  const reference = `file:${name}`
  const digest = await queue.bytes(`bytes of ${name}`)
  queue.archive.files.set(reference, {
    id: "0000000000000000000000f1",
    version: 3,
    name,
    digest,
    sizeBytes: 9,
    project: more.project ?? PROJECT,
    place: { type: "acquisition", id: PLACE },
    object: { type: name.endsWith(".nii") ? "nifti" : "text", mimetype: "application/octet-stream", size: 9 },
  })
  return reference
}

onDatabases((bench) => {
  bench.test("an order is held against its gear before there is a job", async (context) => {
    const queue = await queueBench(await bench.open(context), { manifests: [SMOOTH, manifestOf("noop")] })
    const t1 = await withFile(queue, "t1.nii")
    const text = await withFile(queue, "notes.txt")
    const hidden = await withFile(queue, "hidden.nii", { project: "0000000000000000000000ff" })
    const order = { gear: "smooth", inputs: { t1 }, keys: ["key"] }
    const refusals = [
      [{ gear: "smoooth" }, "GEAR_NOT_FOUND"],
      [{ ...order, inputs: {} }, "INVOCATION_INVALID"],
      [{ ...order, keys: [] }, "INVOCATION_INVALID"],
      [{ ...order, config: { fwhm: -1 } }, "INVOCATION_INVALID"],
      [{ ...order, config: { fwhn: 1 } }, "INVOCATION_INVALID"],
      [{ gear: "noop", config: { anything: 1 } }, "INVOCATION_INVALID"],
      [{ ...order, inputs: { t1: text } }, "INVOCATION_INVALID"],
      [{ ...order, inputs: { t1: "file:nowhere" } }, "INPUT_NOT_FOUND"],
      [{ ...order, inputs: { t1: hidden } }, "INPUT_NOT_FOUND"],
      [{ ...order, inputs: { t1: [t1, t1] } }, "INPUT_INVALID"],
      [{ ...order, inputs: { t1, key: t1 } }, "INPUT_INVALID"],
      [{ ...order, keys: ["key", "t1"] }, "INPUT_INVALID"],
      [{ ...order, network: "outbound" as const }, "CAPABILITY_MISSING"],
      [{ gear: "noop", destination: "nowhere" }, "PLACE_NOT_FOUND"],
    ] as const
    for (const [more, code] of refusals) await assert.rejects(queue.submit("ada", more), isCode(code), code)
    const { ports } = queue
    await assert.rejects(submitJob(ports, person("ada"), { order: { gear: "noop" } }), isCode("DESTINATION_MISSING"))
    assert.deepEqual((await listJobs(ports, ADMIN, { filter: {}, page: { limit: 10 } })).items, [])
    // The place of its first required input is where its outputs go.
    const { job } = await submitJob(ports, person("ada"), { order })
    assert.equal(job.destination_id, PLACE)
    const config = await jobConfig(ports, person("ada"), job.id)
    assert.deepEqual(config["config"], { fwhm: 6 })
    assert.deepEqual(Object.keys(config["inputs"] as object), ["t1"])
    assert.equal((await readJob(ports, person("ada"), job.id)).inputs[0]?.version, 3)
    const digest = await queue.bytes("bytes of t1.nii")
    assert.deepEqual(await jobBlobReferences(ports.database.read, [digest, `sha256:${"1".repeat(64)}`]), [digest])
  })

  bench.test("a job of which more is known than a runner can be told is refused", async (context) => {
    const many = manifestOf("many", {
      inputs: { texts: { base: "file" } },
      custom: { geartrain: { inputs: { texts: { takes: "files" } } } },
    })
    const queue = await queueBench(await bench.open(context), { manifests: [many] })
    const texts: string[] = []
    for (let n = 0; n < 41; n++) {
      const reference = await withFile(queue, `${n}.txt`)
      const file = queue.archive.files.get(reference)
      assert.ok(file)
      queue.archive.files.set(reference, { ...file, object: { info: { text: "x".repeat(1024 * 1024) } } })
      texts.push(reference)
    }
    await assert.rejects(queue.submit("ada", { gear: "many", inputs: { texts } }), isCode("INPUT_INVALID"))
    assert.match(await queue.submit("ada", { gear: "many", inputs: { texts: texts.slice(0, 39) } }), /^[0-9a-f]{24}$/)
  })

  bench.test("a disabled gear starts nothing; a version is one gear for ever, but in development", async (context) => {
    const queue = await queueBench(await bench.open(context))
    const { ports } = queue
    const register = async (manifest: object) =>
      registerGear(ports, ADMIN, { image: await queue.bytes(JSON.stringify(manifest)) })
    const first = await register(manifestOf("noop"))
    await switchGear(ports, ADMIN, { gear: "noop", state: "disabled", revision: first.revision })
    await assert.rejects(queue.submit("ada"), isCode("GEAR_DISABLED"))
    await assert.rejects(
      switchGear(ports, ADMIN, { gear: "noop", state: "enabled", revision: first.revision }),
      isCode("ETAG_MISMATCH"),
    )
    await assert.rejects(register(manifestOf("noop", { label: "another" })), isCode("GEAR_EXISTS"))
    await register(manifestOf("noop", { version: "2.0.0-dev" }))
    const second = await register(manifestOf("noop", { version: "2.0.0-dev", label: "better" }))
    const job = await readJob(ports, ADMIN, await queue.submit("ada"))
    assert.equal(job.gear.id, second.id)
    await assert.rejects(registerGear(ports, person("ada"), { image: second.image.digest }), isCode("NOT_PERMITTED"))
  })

  bench.test(
    "the same key is the same job, at once too; a job that did the same is told of, or reused",
    async (context) => {
      const queue = await queueBench(await bench.open(context), { settings: { mostPending: 2 } })
      const { ports } = queue
      const order = { gear: "noop", destination: PLACE }
      const ask = (idempotencyKey: string, more = {}) =>
        submitJob(ports, person("ada"), { order: { ...order, ...more }, idempotencyKey })
      const both = await Promise.all([ask("k"), ask("k")])
      assert.equal(both[0].job.id, both[1].job.id)
      assert.deepEqual(both.map(({ how }) => how).sort(), ["queued", "repeated"])
      await assert.rejects(ask("k", { label: "another" }), isCode("IDEMPOTENCY_KEY_REUSED"))
      const runner = await queue.runner("one")
      const [job] = await queue.claim(runner)
      assert.ok(job)
      await finishAttempt(ports, runnerCaller, { held: held(runner, job), finish: complete() })
      const again = await submitJob(ports, person("bob"), { order })
      assert.deepEqual([again.how, again.same], ["queued", job.job])
      const reused = await submitJob(ports, person("bob"), { order: { ...order, reuse: true } })
      assert.deepEqual([reused.how, reused.job.id], ["reused", job.job])
      await queue.submit("bob", { label: "more" })
      await assert.rejects(queue.submit("bob", { label: "too many" }), isCode("QUEUE_FULL"))
    },
  )

  bench.test("who has no right sees nothing; who changes a job has to have seen it", async (context) => {
    const rights = { eve: {}, reader: { [PROJECT]: "read" as const } }
    const queue = await queueBench(await bench.open(context), { rights })
    const { ports } = queue
    await assert.rejects(queue.submit("reader"), isCode("NOT_PERMITTED"))
    await assert.rejects(queue.submit("eve"), isCode("PLACE_NOT_FOUND"))
    const id = await queue.submit("ada")
    await assert.rejects(readJob(ports, person("eve"), id), isCode("JOB_NOT_FOUND"))
    assert.deepEqual((await listJobs(ports, person("eve"), { filter: {}, page: { limit: 10 } })).items, [])
    const changed = await changeJob(ports, person("ada"), { id, revision: 1, to: { priority: 7, tags: ["x"] } })
    assert.equal(changed.priority, 7)
    const stale = changeJob(ports, person("ada"), { id, revision: 1, to: { priority: 8 } })
    await assert.rejects(stale, isCode("ETAG_MISMATCH"))
    await cancelJob(ports, person("ada"), id)
    const { revision } = await readJob(ports, person("ada"), id)
    await assert.rejects(changeJob(ports, person("ada"), { id, revision, to: { priority: 8 } }), isCode("JOB_ENDED"))
    assert.equal((await changeJob(ports, person("ada"), { id, revision, to: { label: "kept" } })).priority, 7)
    const runner = await queue.runner("one")
    const beat = { runner, jobs: [], free: 1, draining: false }
    await assert.rejects(heartbeat(ports, { ...runnerCaller, user: "other" }, beat), isCode("RUNNER_NOT_FOUND"))
    await assert.rejects(
      listJobs(ports, ADMIN, { filter: {}, page: { limit: 10, cursor: "no" } }),
      isCode("CURSOR_UNFIT"),
    )
  })

  bench.test("a list of jobs is read page by page, each job once", async (context) => {
    const queue = await queueBench(await bench.open(context))
    const ids: string[] = []
    for (let n = 0; n < 7; n++) ids.push(await queue.submit("ada", { tags: [n % 2 === 0 ? "even" : "odd"] }))
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = { limit: 2, ...(cursor === undefined ? {} : { cursor }) }
      const found = await listJobs(queue.ports, person("ada"), { filter: { tag: "even" }, page })
      seen.push(...found.items.map(({ id }) => id))
      cursor = found.next
    } while (cursor !== undefined)
    assert.deepEqual(seen.toSorted(), ids.filter((_, n) => n % 2 === 0).toSorted())
  })
})
