import assert from "node:assert/strict"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { test } from "node:test"
import { opened } from "../../../../test/stores/records/opened-records.ts"
import { gear, job, jobId, OWNER } from "../../../../test/stores/records/sample-records.ts"
import { summaryQuery } from "./job-summary.ts"
import type { Records } from "./open-records.ts"

test("lists are newest first, and filtered by states, gear and number", async (context) => {
  const { records } = await opened(context)
  for (let number = 0; number < 20; number++) {
    await records.jobs.create(job(number, { state: number % 2 === 0 ? "running" : "complete" }), OWNER)
  }
  const listed = async (query: Parameters<Records["jobs"]["list"]>[0]): Promise<readonly number[]> =>
    (await records.jobs.list(query)).map(({ id }) => Number.parseInt(id, 16))
  assert.deepEqual(await listed({ limit: 3 }), [19, 18, 17])
  assert.deepEqual(await listed({ states: ["complete"], limit: 2 }), [19, 17])
  assert.equal((await listed({ states: ["complete", "running"] })).length, 20)
  assert.deepEqual(await listed({ states: [] }), [])
  assert.deepEqual(await listed({ gear: "gear-3" }), [13, 3])
  assert.deepEqual(await listed({ gear: "gear-3@1.0.0" }), [13, 3])
  assert.deepEqual(await listed({ gear: "gear-3@2.0.0" }), [])
  assert.deepEqual(await listed({ gear: gear(3).id, states: ["complete"], limit: 1 }), [13])
})

test("a summary says what the record says", async (context) => {
  const { records } = await opened(context)
  await records.jobs.create(job(1), OWNER)
  assert.deepEqual(await records.jobs.list({}), [
    { id: jobId(1), state: "running", gear: "gear-1@1.0.0", gearId: gear(1).id, created: job(1).created },
  ])
  const ended = job(1, {
    state: "failed",
    ended: "2026-01-01T00:00:09.000Z",
    exit: { code: 3 },
    usage: { wallMs: 12.5, method: "none" },
    failure: { reason: "NONZERO_EXIT", culprit: "gear", message: "It ended with exit code 3", next: "gear logs" },
  })
  await records.jobs.update(ended, "running")
  const [summary] = await records.jobs.list({})
  assert.equal(summary?.exitCode, 3)
  assert.equal(summary?.wallMs, 12.5)
  assert.equal(summary?.reason, "NONZERO_EXIT")
  assert.equal(summary?.ended, "2026-01-01T00:00:09.000Z")
})

test("a list of ten thousand jobs reads no record, and the newest twenty are found without sorting", async (context) => {
  const { folder, records } = await opened(context)
  await records.jobs.create(job(0), OWNER)
  await records.close()
  const database = new DatabaseSync(join(folder, "records.db"))
  database.exec(`WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 9999)
    INSERT INTO jobs SELECT printf('%024x', n), 'complete', gear_name, gear_version, gear_id, tree, printf('2026-02-%05d', n),
      NULL, 0, NULL, 1.0, owner, owner_checksum, NULL, 0, NULL FROM numbers, jobs`)
  const { sql, parameters } = summaryQuery({ limit: 20 })
  const plan = database
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .all(...parameters)
    .map((row) => String(row["detail"]))
  assert.deepEqual(plan, ["SCAN jobs USING INDEX jobs_by_creation"])
  const byState = summaryQuery({ states: ["running"] })
  const detail = database.prepare(`EXPLAIN QUERY PLAN ${byState.sql}`).all(...byState.parameters)[0]?.["detail"]
  assert.equal(detail, "SEARCH jobs USING INDEX jobs_by_state (state=?)")
  database.close()
  // 9999 of them have no record to be read.
  assert.equal((await records.jobs.list({})).length, 10_000)
  assert.equal((await records.jobs.list({ limit: 20 })).length, 20)
})
