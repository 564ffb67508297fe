import assert from "node:assert/strict"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { test } from "node:test"
import { opened, output } from "../../../../test/stores/records/opened-records.ts"
import { digest, job, jobId, OWNER } from "../../../../test/stores/records/sample-records.ts"
import type { Records } from "./open-records.ts"

const AT = "2026-03-01T00:00:00.000Z"
const mark = (number: number) => ({ digest: digest(number), sizeBytes: 1, at: AT })
const complete = (number: number, outputs: readonly number[]) =>
  job(number, { state: "complete", outputs: outputs.map(output) })

async function free(records: Records, ...numbers: readonly number[]): Promise<void> {
  await records.guard.collect(async () => ({ freed: numbers.map(mark), stored: [] }))
}

async function freedOf(records: Records, number: number): Promise<readonly string[]> {
  const outputs = (await records.jobs.get(jobId(number)))?.outputs ?? []
  return outputs.filter(({ freed }) => freed !== undefined).map(({ path }) => path)
}

test("a record says of each output whose bytes were freed since when, in every job that made them", async (context) => {
  const { records } = await opened(context)
  await records.jobs.create(complete(1, [1, 2]), OWNER)
  await records.jobs.create(complete(2, [2]), OWNER)
  await free(records, 2)
  assert.deepEqual((await records.jobs.get(jobId(1)))?.outputs, [output(1), { ...output(2), freed: AT }])
  assert.deepEqual(await freedOf(records, 2), ["out-2"])
  assert.deepEqual(await records.jobs.listFreed(), [mark(2)])
  assert.deepEqual((await records.guard.referenced()).freed, new Set([digest(2)]))
  assert.deepEqual(await records.check(), [])
})

test("bytes that a job made anew are stored again; a verification does not claim that", async (context) => {
  const { records } = await opened(context)
  await records.jobs.create(complete(1, [1]), OWNER)
  await free(records, 1)
  const rerun = job(2, { forVerification: true })
  await records.jobs.create(rerun, OWNER)
  await records.jobs.update({ ...rerun, state: "complete", outputs: [output(1)] }, "running")
  assert.deepEqual(await freedOf(records, 1), ["out-1"])
  await records.jobs.create(job(3), OWNER)
  await records.jobs.update(complete(3, [1]), "running")
  assert.deepEqual(await freedOf(records, 1), [])
})

test("the word that bytes were freed is taken back by who stored them, and by a collection that finds them", async (context) => {
  const { records } = await opened(context)
  await records.jobs.create(complete(1, [1, 2, 3]), OWNER)
  await free(records, 1, 2, 3)
  await records.jobs.markStored([digest(1), digest(9)])
  await records.guard.collect(async () => ({ freed: [], stored: [digest(2)] }))
  assert.deepEqual(await freedOf(records, 1), ["out-3"])
})

test("what a record from elsewhere says of freed bytes is not believed", async (context) => {
  const { records } = await opened(context)
  await records.jobs.create({ ...complete(1, []), outputs: [{ ...output(1), freed: AT }] }, OWNER)
  assert.deepEqual((await records.jobs.get(jobId(1)))?.outputs, [output(1)])
})

test("a collection that breaks off has freed nothing", async (context) => {
  const { records } = await opened(context)
  await records.jobs.create(complete(1, [1]), OWNER)
  await assert.rejects(
    records.guard.collect(async () => {
      throw new RangeError("it broke")
    }),
    RangeError,
  )
  assert.deepEqual(await records.jobs.listFreed(), [])
})

test("a damaged mark is found, and one of bytes that no job names any more is not told", async (context) => {
  const { folder, records } = await opened(context)
  await records.jobs.create(complete(1, [1, 2]), OWNER)
  await free(records, 1, 2)
  const database = new DatabaseSync(join(folder, "records.db"))
  database.prepare("UPDATE freed_blobs SET document = replace(document, '2026', '2025') WHERE blob = ?").run(digest(2))
  database.close()
  assert.match((await records.check()).join(), /mark of blob "sha256:0+2"/)
  await records.jobs.remove(jobId(1))
  assert.deepEqual(await records.jobs.listFreed(), [])
})

test("what a collection may need to know is told: jobs, gears, and what runs", async (context) => {
  const { records } = await opened(context)
  const file = { base: "file" as const, name: "f", digest: digest(5), object: {} }
  await records.jobs.create(complete(1, [1]), OWNER)
  await records.jobs.create(job(2, { invocation: { ...job(2).invocation, inputs: { file } } }), OWNER)
  const { jobs, busy } = await records.guard.referenced()
  assert.deepEqual(jobs, new Set([jobId(1), jobId(2)]))
  assert.deepEqual(busy, new Set([digest(5)]))
})
