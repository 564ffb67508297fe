import assert from "node:assert/strict"
import { test } from "node:test"
import type { Insertable } from "kysely"
import { memoryDatabase } from "../../../../test/server/memory-database.ts"
import { insertJob } from "../../../../test/server/rules/insert-job.ts"
import type { Database } from "../../database/database.ts"
import type { RunnerRow } from "../../database/tables/queue-tables.ts"
import { readQueueState } from "./queue-state.ts"
import { serverMetrics } from "./server-metrics.ts"

const NOW_MS = 10_000_000
const GONE_MS = 5 * 60_000

async function insertRunner(
  database: Database,
  name: string,
  more: Partial<Insertable<RunnerRow>> = {},
): Promise<void> {
  await database.write(({ sql }) =>
    sql
      .insertInto("runners")
      .values({
        ...{ id: name, principal: "t", name, host: "h", slots: 2, free: 2, labels: "{}", capabilities: "[]" },
        ...{ versions: "{}", cpus: 1, memory_bytes: 1, gpus: 0, drained: 0, draining: 0, created_ms: 0 },
        ...{ seen_ms: NOW_MS, rest_until_ms: null, rest_why: null },
        ...more,
      })
      .execute(),
  )
}

test("of a server on which nothing was ever done all is nought", async (context) => {
  const { read } = await memoryDatabase(context)
  assert.deepEqual(await readQueueState(read, NOW_MS), {
    jobs: { pending: 0, running: 0, complete: 0, failed: 0, cancelled: 0 },
    ...{ oldestPendingMs: 0, slots: 0, storedBytes: 0, lastEvent: 0 },
    runners: { working: 0, draining: 0, resting: [] },
  })
})

test("a runner works, drains or rests, and one that was not heard of lately is none of these", async (context) => {
  const database = await memoryDatabase(context)
  await insertRunner(database, "works", { slots: 3 })
  await insertRunner(database, "just there", { seen_ms: NOW_MS - GONE_MS + 1 })
  await insertRunner(database, "gone", { seen_ms: NOW_MS - GONE_MS })
  await insertRunner(database, "drained", { drained: 1, rest_until_ms: NOW_MS + 1 })
  await insertRunner(database, "draining", { draining: 1 })
  await insertRunner(database, "rests", { rest_until_ms: NOW_MS + 1500, rest_why: "DISK_FULL" })
  await insertRunner(database, "rested", { rest_until_ms: NOW_MS, rest_why: "DISK_FULL", slots: 4 })
  const { runners, slots } = await readQueueState(database.read, NOW_MS)
  assert.deepEqual(runners, {
    ...{ working: 3, draining: 2 },
    resting: [{ name: "rests", leftMs: 1500, why: "DISK_FULL" }],
  })
  assert.equal(slots, 3 + 2 + 4)
})

test("jobs are counted by their states, the longest wait is of all lanes, and bytes of all projects", async (context) => {
  const database = await memoryDatabase(context)
  await insertJob(database, "j1", { state: "pending" })
  await insertJob(database, "j2", { state: "pending" })
  await insertJob(database, "j3", { state: "failed" })
  await database.write(async (write) => {
    const lane = { owner: "o", project: "p", group_id: "g", pending: 1, running: 0, head_priority: 0 }
    await write.sql
      .insertInto("lanes")
      .values([
        { ...lane, id: "a", resources: "a", head_queued_ms: NOW_MS - 7000 },
        { ...lane, id: "b", resources: "b", head_queued_ms: NOW_MS - 9000 },
        { ...lane, id: "c", resources: "c", head_queued_ms: null },
      ])
      .execute()
    for (const [project, bytes] of [
      ["p", 5],
      ["q", 7],
    ] as const)
      await write.sql.insertInto("project_usage").values({ project, bytes, versions: 1 }).execute()
    await write.event({ kind: "x", subject: "s" })
  })
  const state = await readQueueState(database.read, NOW_MS)
  assert.deepEqual([state.jobs.pending, state.jobs.failed, state.jobs.running], [2, 1, 0])
  assert.deepEqual([state.oldestPendingMs, state.storedBytes, state.lastEvent], [9000, 12, 1])
  // A clock that was set back makes no wait of less than nothing.
  assert.equal((await readQueueState(database.read, 0)).oldestPendingMs, 0)
})

test("a monitoring system reads requests by their patterns, and the queue as it is when it asks", async (context) => {
  const database = await memoryDatabase(context)
  const metrics = serverMetrics(database, () => NOW_MS)
  const request = { method: "GET", route: "/api/v1/jobs/:id", status: 200 }
  metrics.answered({ ...request, ms: 20 })
  metrics.answered({ ...request, ms: 2000 })
  metrics.answered({ ...request, status: 404, ms: 1 })
  const lines = async () => (await metrics.text()).split("\n").filter((line) => line.startsWith("geartrain_"))
  const before = await lines()
  for (const line of [
    'geartrain_http_requests_total{method="GET",route="/api/v1/jobs/:id",status="200"} 2',
    'geartrain_http_requests_total{method="GET",route="/api/v1/jobs/:id",status="404"} 1',
    'geartrain_http_request_duration_seconds_bucket{le="0.025",method="GET",route="/api/v1/jobs/:id"} 2',
    'geartrain_http_request_duration_seconds_bucket{le="+Inf",method="GET",route="/api/v1/jobs/:id"} 3',
    'geartrain_http_request_duration_seconds_sum{method="GET",route="/api/v1/jobs/:id"} 2.021',
    'geartrain_jobs{state="cancelled"} 0',
    'geartrain_runners{state="working"} 0',
  ])
    assert.ok(before.includes(line), `${line} is not in\n${before.join("\n")}`)
  await insertRunner(database, "rests", { rest_until_ms: NOW_MS + 1 })
  await insertRunner(database, "works")
  const after = await lines()
  for (const line of ['geartrain_runners{state="resting"} 1', "geartrain_runner_slots 2"])
    assert.ok(after.includes(line), line)
  // Each server counts for itself, though there are two in a process.
  assert.ok(!(await serverMetrics(database, () => NOW_MS).text()).includes("/jobs/:id"))
  assert.match(metrics.contentType, /^text\/plain/)
})
