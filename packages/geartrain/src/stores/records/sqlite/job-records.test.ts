import assert from "node:assert/strict"
import { join } from "node:path"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { opened, output, verification } from "../../../../test/stores/records/opened-records.ts"
import { job, jobId, OWNER } from "../../../../test/stores/records/sample-records.ts"
import { openRecords } from "./open-records.ts"

test("a job comes back as it was recorded, with its owner", async (context) => {
  const { records } = await opened(context)
  await records.jobs.create(job(1), OWNER)
  assert.deepEqual(await records.jobs.get(jobId(1)), job(1))
  assert.deepEqual(await records.jobs.owner(jobId(1)), OWNER)
})

test("a job id is given once", async (context) => {
  const { records } = await opened(context)
  await records.jobs.create(job(1), OWNER)
  const again = records.jobs.create(job(1, { state: "pending" }), OWNER)
  await assert.rejects(again, (error) => isGeartrainError(error, "JOB_EXISTS"))
  assert.equal((await records.jobs.get(jobId(1)))?.state, "running")
})

test("a job changes only from the state that the caller saw", async (context) => {
  const { records } = await opened(context)
  await records.jobs.create(job(1, { state: "pending" }), OWNER)
  assert.equal(await records.jobs.update(job(1), "pending"), true)
  assert.equal(await records.jobs.update(job(1, { phase: "executing" }), "running"), true)
  assert.equal(await records.jobs.update(job(1, { state: "cancelled" }), "pending"), false)
  assert.equal((await records.jobs.get(jobId(1)))?.phase, "executing")
  assert.equal(await records.jobs.update(job(1, { state: "complete" }), "running"), true)
  assert.equal(await records.jobs.update(job(1, { state: "failed" }), "running"), false)
  assert.equal(await records.jobs.update(job(2, { state: "failed" }), "running"), false)
  assert.equal((await records.jobs.get(jobId(1)))?.state, "complete")
})

test("a change that no job makes is a bug of the caller", async (context) => {
  const { records } = await opened(context)
  await assert.rejects(records.jobs.update(job(1, { state: "running" }), "complete"), RangeError)
  await assert.rejects(records.jobs.update(job(1, { state: "complete" }), "complete"), RangeError)
})

test("of many that end a job at once, one does", async (context) => {
  const { folder, records } = await opened(context)
  await records.jobs.create(job(1), OWNER)
  const others = [1, 2, 3].map(() => openRecords(join(folder, "records.db"), { prepare: async () => {} }))
  const ends = await Promise.all(
    [records, ...others].map(({ jobs }) => jobs.update(job(1, { state: "complete" }), "running")),
  )
  for (const other of others) await other.close()
  assert.equal(ends.filter((ended) => ended).length, 1)
})

test("verifications are history, whatever is recorded of the job besides", async (context) => {
  const { records } = await opened(context)
  const verifications = [verification(1), verification(2), verification(3)]
  await records.jobs.create(job(1, { history: verifications.slice(0, 1) }), OWNER)
  await records.jobs.addVerification(jobId(1), verifications[1]!)
  const seen = await records.jobs.get(jobId(1))
  await records.jobs.addVerification(jobId(1), verifications[2]!)
  await records.jobs.update({ ...seen!, state: "complete" }, "running")
  assert.deepEqual((await records.jobs.get(jobId(1)))?.history, verifications)
  const unknown = records.jobs.addVerification(jobId(2), verifications[0]!)
  await assert.rejects(unknown, (error) => isGeartrainError(error, "JOB_NOT_FOUND"))
})

test("jobs are found by the first four digits of their id or more, two at most", async (context) => {
  const { records } = await opened(context)
  for (const number of [0xabcd1, 0xabcd2, 0xabcd3]) {
    await records.jobs.create(job(number, { id: number.toString(16).padEnd(24, "0") }), OWNER)
  }
  assert.deepEqual(await records.jobs.find("abcd1"), [`abcd1${"0".repeat(19)}`])
  assert.equal((await records.jobs.find("abcd")).length, 2)
  assert.deepEqual(await records.jobs.find("abc"), [])
  assert.deepEqual(await records.jobs.find("abcd4"), [])
  assert.deepEqual(await records.jobs.find("'; DROP TABLE jobs"), [])
})

test("only a job that has ended is removed, with all that is recorded of it", async (context) => {
  const { records } = await opened(context)
  await records.jobs.create(job(1), OWNER)
  await assert.rejects(records.jobs.remove(jobId(1)), (error) => isGeartrainError(error, "JOB_NOT_ENDED"))
  await records.jobs.update(job(1, { state: "complete", outputs: [output(1)] }), "running")
  await records.jobs.addVerification(jobId(1), verification(1))
  await records.jobs.remove(jobId(1))
  await records.jobs.remove(jobId(1))
  assert.equal(await records.jobs.get(jobId(1)), undefined)
  assert.deepEqual((await records.guard.referenced()).blobs, new Set())
  assert.deepEqual(await records.check(), [])
})

test("jobs are found by the bytes that they read or made, oldest first", async (context) => {
  const { records } = await opened(context)
  await records.jobs.create(job(2, { outputs: [output(7)] }), OWNER)
  await records.jobs.create(job(1, { outputs: [output(7), output(8)] }), OWNER)
  assert.deepEqual(await records.jobs.naming(output(7).digest), [jobId(1), jobId(2)])
  assert.deepEqual(await records.jobs.naming(output(8).digest), [jobId(1)])
  assert.deepEqual(await records.jobs.naming(output(9).digest), [])
})
