import assert from "node:assert/strict"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { test } from "node:test"
import { type Invocation, isGeartrainError, type JobRecord } from "@geartrain/spec"
import { type OpenedRecords, opened, output } from "../../../../test/stores/records/opened-records.ts"
import { digest, job, jobId, OWNER } from "../../../../test/stores/records/sample-records.ts"
import { MIGRATIONS } from "./migrations.ts"
import { openRecords } from "./open-records.ts"

const SAME = digest(0xc0de)

test("the last job that ended well stands for its invocation", async (context) => {
  const { records } = await opened(context)
  for (const number of [1, 3, 2]) await complete(records, number, { invocationDigest: SAME, outputs: [output(number)] })
  await complete(records, 4, { invocationDigest: digest(4) })
  const found = await records.history.standing([SAME, digest(4), digest(5)])
  assert.deepEqual([...found.keys()].toSorted(), [digest(4), SAME].toSorted())
  assert.deepEqual([found.get(SAME)?.id, found.get(SAME)?.outputs], [jobId(3), [output(3)]])
})

test("what did not end well, was held to something, looked at a folder or was given a key stands for nothing", async (context) => {
  const { records } = await opened(context)
  await records.jobs.create(job(1, { invocationDigest: SAME }), OWNER)
  const others: readonly Partial<JobRecord>[] = [
    { state: "failed" },
    { state: "cancelled" },
    { conditions: [{ name: "threads", says: "one thread" }] },
    { forVerification: true, replayOf: jobId(1) },
    { gear: { ...job(1).gear, development: true } },
    { invocation: { ...job(1).invocation, inputs: { key: { base: "api-key" } } } },
  ]
  for (const [index, changes] of others.entries())
    await complete(records, 2 + index, { invocationDigest: SAME, ...changes })
  assert.deepEqual(await records.history.standing([SAME]), new Map())
  assert.deepEqual(await records.history.newest("gear-2", 10), [])
  assert.deepEqual(await records.check(), [])
})

test("the last job that failed with one of the exit codes is found for them, and only for them", async (context) => {
  const { records } = await opened(context)
  const failed = (code: number): Partial<JobRecord> => ({ invocationDigest: SAME, state: "failed", exit: { code } })
  await complete(records, 1, failed(3))
  await complete(records, 2, failed(3))
  await complete(records, 3, failed(4))
  await complete(records, 4, { ...failed(3), conditions: [{ name: "threads", says: "one thread" }] })
  await complete(records, 5, { invocationDigest: digest(5), exit: { code: 3 } })
  const found = async (...codes: readonly number[]) =>
    [...(await records.history.failed([SAME, digest(5)], codes)).values()].map(({ id }) => id)
  assert.deepEqual(await found(3), [jobId(2)])
  assert.deepEqual(await found(3, 4), [jobId(3)])
  assert.deepEqual(await found(5), [])
  assert.deepEqual(await found(), [])
})

test("thousands are asked for at once", async (context) => {
  const { records } = await opened(context)
  await complete(records, 7, { invocationDigest: SAME })
  const asked = [...Array.from({ length: 5000 }, (_, number) => digest(number)), SAME]
  assert.deepEqual([...(await records.history.standing(asked)).keys()], [SAME])
})

test("records that are not there have no history", async (context) => {
  const { records } = await opened(context)
  assert.deepEqual(await records.history.standing([SAME]), new Map())
  assert.deepEqual(await records.history.newest("gear-1", 10), [])
  assert.deepEqual(await records.history.figures("gear-1", 10), [])
})

test("a gear's newest jobs come newest first, with what they took", async (context) => {
  const { records } = await opened(context)
  for (const number of [1, 11, 21]) {
    const usage = { wallMs: number, peakMemoryBytes: 100 * number, method: "cgroup" as const }
    await complete(records, number, { usage, outputs: [output(1), output(2)] })
  }
  assert.deepEqual(
    (await records.history.newest("gear-1", 2)).map(({ id }) => id),
    [jobId(21), jobId(11)],
  )
  assert.deepEqual(await records.history.figures("gear-1", 2), [
    { wallMs: 21, outputBytes: 2, peakMemoryBytes: 2100 },
    { wallMs: 11, outputBytes: 2, peakMemoryBytes: 1100 },
  ])
})

test("a row that names another invocation than its record is damage, and passes for nothing", async (context) => {
  const { folder, records } = await opened(context)
  await complete(records, 1, { invocationDigest: SAME })
  await records.close()
  const database = new DatabaseSync(join(folder, "records.db"))
  database.prepare("UPDATE jobs SET stands_for = ?").run(digest(9))
  database.close()
  await assert.rejects(records.history.standing([digest(9)]), (error) => isGeartrainError(error, "STORE_DAMAGED"))
  assert.match((await records.check()).join(), /column stands_for differs/)
})

test("jobs of before this was kept are found as well, and damaged ones do not keep the others", async (context) => {
  const { folder, records } = await opened(context)
  await complete(records, 1, { invocationDigest: SAME, outputs: [output(1)] })
  const key: Invocation["inputs"] = { key: { base: "api-key" } }
  await complete(records, 2, { invocationDigest: digest(2), invocation: { ...job(2).invocation, inputs: key } })
  await complete(records, 3, { invocationDigest: digest(3), conditions: [{ name: "clock", says: "another day" }] })
  await complete(records, 4, { invocationDigest: digest(4) })
  const expected = await columns(folder)
  await records.close()
  const database = new DatabaseSync(join(folder, "records.db"))
  database.exec(`DROP INDEX gears_by_name; ALTER TABLE gears DROP COLUMN name; ALTER TABLE gears DROP COLUMN imported;
    DROP INDEX jobs_by_invocation; DROP INDEX jobs_by_gear;
    ALTER TABLE jobs DROP COLUMN stands_for; ALTER TABLE jobs DROP COLUMN output_bytes;
    ALTER TABLE jobs DROP COLUMN peak_memory_bytes; PRAGMA user_version = 3`)
  database.prepare("UPDATE job_documents SET document = 'no JSON' WHERE job = ?").run(jobId(4))
  database.close()
  assert.equal(MIGRATIONS.length, 5)
  const again = openRecords(join(folder, "records.db"), { prepare: async () => {} })
  context.after(() => again.close())
  assert.equal((await again.history.standing([SAME])).get(SAME)?.id, jobId(1))
  assert.deepEqual((await columns(folder)).slice(0, 3), expected.slice(0, 3))
  assert.match((await again.check()).join(), /000004/)
})

async function columns(folder: string): Promise<readonly unknown[]> {
  const database = new DatabaseSync(join(folder, "records.db"), { readOnly: true })
  const rows = database.prepare("SELECT stands_for, output_bytes, peak_memory_bytes FROM jobs ORDER BY id").all()
  database.close()
  return rows.map((row) => ({ ...row }))
}

async function complete(
  { jobs }: OpenedRecords["records"],
  number: number,
  changes: Partial<JobRecord>,
): Promise<void> {
  const ended = new Date(Date.UTC(2026, 1, 1) + number * 1000).toISOString()
  const record = job(number, { state: "complete", ended, ...changes })
  const { phase: _, ...rest } = job(number, changes)
  await jobs.create({ ...rest, state: "running", phase: "executing" }, OWNER)
  await jobs.update(record, "running")
}
