import assert from "node:assert/strict"
import { test } from "node:test"
import { memoryQueue } from "../../../../test/server/queue/memory-queue.ts"
import { PLACE, PROJECT } from "../../../../test/server/queue/queue-bench.ts"
import type { JobRow } from "../../database/tables/job-tables.ts"
import { given, summaryOf } from "./job-facts.ts"

test("what is not known of a job is not told of it, and what is nothing, such as an exit code of 0, is told", async (context) => {
  const queue = await memoryQueue(context)
  const id = await queue.submit("ada", { tags: ["é", "é"] })
  const row = await queue.ports.database.read.selectFrom("jobs").selectAll().executeTakeFirstOrThrow()
  const { gear, ...told } = summaryOf(row)
  assert.deepEqual([gear.name, gear.version], ["noop", "1.0.0"])
  assert.deepEqual(told, {
    ...{ id, project: PROJECT, destination: { type: "acquisition", id: PLACE }, state: "pending", priority: 0 },
    ...{ tags: ["noop", "é"], owner: "ada", origin: { type: "user" }, attempt: 1, revision: 1 },
    ...{ createdMs: queue.clock.nowMs, queuedMs: queue.clock.nowMs },
  })
  const ended: JobRow = { ...row, exit_code: 0, label: "", started_ms: 0, ended_ms: 7, origin_id: "r", by_content: 1 }
  const { exitCode, label, startedMs, endedMs, origin, byContent } = summaryOf(ended)
  assert.deepEqual(
    [exitCode, label, startedMs, endedMs, origin, byContent],
    [0, "", 0, 7, { type: "user", id: "r" }, true],
  )
})

test("an empty column is no member at all", () => {
  assert.deepEqual(Object.keys({ ...given("a", null), ...given("b", 0), ...given("c", "") }), ["b", "c"])
})
