import assert from "node:assert/strict"
import { type TestContext, test } from "node:test"
import { GeartrainError } from "@geartrain/spec"
import { memoryDatabase } from "../../../../test/server/memory-database.ts"
import { rulesBench } from "../../../../test/server/rules/rules-bench.ts"
import type { JobDesk } from "../../queue/job-desk.ts"
import type { BatchPorts } from "../batch-ports.ts"
import { proposeBatch } from "../preflight/propose-batch.ts"
import { submitJobs } from "./submit-jobs.ts"

/** A batch of so many targets that is about to run. */
async function opened(context: TestContext, count: number) {
  const bench = await rulesBench(context, await memoryDatabase(context))
  const { ports, boss, archive } = bench
  await bench.gear("measure", { config: { level: { type: "integer", default: 1 } } })
  const places: string[] = []
  for (let n = 0; n < count; n++) {
    const place = await bench.place("acquisition", archive.session, `scan-${n}`)
    await bench.upload("a.nii", `bytes ${n}`, place)
    places.push(place)
  }
  const request = { gear: "measure", targets: { places }, config: { level: 2 }, tags: ["mine"] }
  const { id } = await proposeBatch(ports, boss, { project: archive.project, request })
  const { read } = ports.database
  const row = () => read.selectFrom("batches").selectAll().where("id", "=", id).executeTakeFirstOrThrow()
  return {
    ...bench,
    step: async (own: BatchPorts = ports) => submitJobs(own, await row()),
    targets: () => read.selectFrom("batch_targets").selectAll().where("batch", "=", id).orderBy("n").execute(),
    set: (values: { job?: null; changes?: string; tries?: number }) =>
      ports.database.write(({ sql }) => sql.updateTable("batch_targets").set(values).where("batch", "=", id).execute()),
    /** Ports whose desk fails at the n-th job. */
    failingAt: (nth: number, error: Error): BatchPorts => {
      let n = 0
      const submit: JobDesk["submit"] = (...order) =>
        ++n === nth ? Promise.reject(error) : ports.desk.submit(...order)
      return { ...ports, desk: { ...ports.desk, submit } }
    },
  }
}

test("targets get their jobs page by page, and each one job", async (context) => {
  const { step, targets, jobs, ports } = await opened(context, 26)
  assert.equal(await step(), true)
  assert.equal((await targets()).filter(({ job }) => job !== null).length, 25)
  assert.equal(await step(), false)
  assert.equal(await step(), false)
  assert.equal((await jobs()).length, 26)
  assert.ok(
    (await targets()).every(({ job, tries, refused_code }) => job !== null && tries === 1 && refused_code === null),
  )
  const events = await ports.database.read
    .selectFrom("events")
    .select("data")
    .where("kind", "=", "batch.progress")
    .execute()
  assert.deepEqual(
    events.map(({ data }) => JSON.parse(data)),
    [
      { submitted: 25, of: 26 },
      { submitted: 26, of: 26 },
    ],
  )
})

test("what was submitted before the queue was full is kept, and the rest comes later", async (context) => {
  const { step, targets, jobs, failingAt } = await opened(context, 3)
  const later = new GeartrainError("DATABASE_UNAVAILABLE", "Cannot reach the database")
  assert.equal(later.retry, "later")
  await assert.rejects(step(failingAt(3, later)), { code: "DATABASE_UNAVAILABLE" })
  assert.deepEqual(
    (await targets()).map(({ tries }) => tries),
    [1, 1, 0],
  )
  await assert.rejects(step(failingAt(1, new RangeError("a bug"))), RangeError)
  await step()
  assert.equal((await jobs()).length, 3)
})

test("a target whose job is refused says why, and the others go on", async (context) => {
  const { step, targets, jobs, failingAt } = await opened(context, 3)
  const refusal = new GeartrainError("NOT_PERMITTED", "Cannot do it")
  await step(failingAt(2, refusal))
  assert.deepEqual(
    (await targets()).map(({ job, tries, refused_code, refused_says }) => [
      job !== null,
      tries,
      refused_code,
      refused_says,
    ]),
    [
      [true, 1, null, null],
      [false, 0, "NOT_PERMITTED", "Cannot do it"],
      [true, 1, null, null],
    ],
  )
  // It is not tried again by itself.
  assert.equal(await step(), false)
  assert.equal((await jobs()).length, 2)
})

test("a server that died before it kept a job finds the same one again, and another try makes another", async (context) => {
  const { step, targets, jobs, set, ports } = await opened(context, 1)
  await step()
  const [first] = await targets()
  await set({ job: null, tries: 0 })
  await ports.database.write(({ sql }) => sql.deleteFrom("batch_jobs").execute())
  await step()
  assert.equal((await targets())[0]?.job, first?.job)
  assert.equal((await jobs()).length, 1)
  await set({ job: null, tries: 1, changes: JSON.stringify({ config: { level: 7 }, limits: { memoryBytes: 5 } }) })
  await step()
  const [second] = await targets()
  assert.notEqual(second?.job, first?.job)
  assert.equal(second?.tries, 2)
})

test("what was changed for another try goes over the batch's own, and its owner has to be known", async (context) => {
  const { step, targets, set, ports } = await opened(context, 1)
  await set({ changes: JSON.stringify({ config: { level: 7 }, limits: { memoryBytes: 5 } }) })
  await step()
  const [target] = await targets()
  const { read } = ports.database
  const job = await read
    .selectFrom("jobs")
    .selectAll()
    .where("id", "=", target?.job ?? "")
    .executeTakeFirstOrThrow()
  assert.deepEqual(
    [
      JSON.parse(job.config).level,
      JSON.parse(job.limits).memoryBytes,
      job.origin_type,
      JSON.parse(job.tags).toSorted(),
    ],
    [7, 5, "batch", ["batch", "measure", "mine"]],
  )
  await set({ job: null, tries: 1 })
  await step({ ...ports, access: { ...ports.access, callerFor: async () => undefined } })
  const [refused] = await targets()
  assert.deepEqual([refused?.job, refused?.refused_code], [null, "NOT_PERMITTED"])
})
