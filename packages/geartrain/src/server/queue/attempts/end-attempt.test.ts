import assert from "node:assert/strict"
import { test } from "node:test"
import { memoryQueue } from "../../../../test/server/queue/memory-queue.ts"
import type { QueueBench } from "../../../../test/server/queue/queue-bench.ts"
import type { JobRow } from "../../database/tables/job-tables.ts"
import { type LostAttempt, loseAttempt } from "./end-attempt.ts"
import { needAttempt } from "./need-attempt.ts"

const LOST: LostAttempt = { state: "lost", reason: "RUNNER_LOST", culprit: "platform", message: "away" }

/** A running job, and the tokens that were ended. */
async function running(queue: QueueBench): Promise<JobRow> {
  await queue.submit("ada")
  return again(queue)
}

async function again(queue: QueueBench): Promise<JobRow> {
  assert.equal((await queue.claim(await queue.runner("one"))).length, 1)
  return job(queue)
}

function job(queue: QueueBench): Promise<JobRow> {
  return queue.ports.database.read.selectFrom("jobs").selectAll().executeTakeFirstOrThrow()
}

function lose(queue: QueueBench, of: JobRow, more: object = {}): Promise<JobRow | undefined> {
  return queue.ports.database.write((write) => loseAttempt(queue.ports, write, { ...LOST, job: of, ...more }))
}

test("a job whose attempt is lost waits for its next one, where it stood in the queue", async (context) => {
  const queue = await memoryQueue(context)
  const row = await running(queue)
  queue.clock.nowMs += 1000
  const now = await lose(queue, row, { attemptChange: { exit_code: 9 } })
  assert.deepEqual(
    [now?.state, now?.attempt, now?.most_attempts, now?.reason, now?.message],
    ["pending", 2, 3, "RUNNER_LOST", "away"],
  )
  assert.deepEqual(
    [now?.runner, now?.lease_until_ms, now?.phase, now?.ended_ms, now?.queued_ms],
    [null, null, null, null, row.queued_ms],
  )
  const attempt = await queue.ports.database.read.selectFrom("attempts").selectAll().executeTakeFirstOrThrow()
  assert.deepEqual(
    [attempt.state, attempt.reason, attempt.ended_ms, attempt.exit_code],
    ["lost", "RUNNER_LOST", queue.clock.nowMs, 9],
  )
})

test("the last attempt that a job may have is its end", async (context) => {
  const queue = await memoryQueue(context, { settings: { mostAttempts: 2 } })
  assert.equal((await lose(queue, await running(queue)))?.state, "pending")
  const now = await lose(queue, await again(queue))
  assert.deepEqual(
    [now?.state, now?.attempt, now?.reason, now?.culprit, now?.ended_ms],
    ["failed", 2, "RUNNER_LOST", "platform", queue.clock.nowMs],
  )
})

test("an attempt that counts for nothing adds one to those that are left", async (context) => {
  const queue = await memoryQueue(context, { settings: { mostAttempts: 1 } })
  const now = await lose(queue, await running(queue), { isFree: true, state: "released" })
  assert.deepEqual([now?.state, now?.attempt, now?.most_attempts], ["pending", 2, 2])
  assert.equal((await lose(queue, await again(queue)))?.state, "failed")
})

test("a job that was to be cancelled is cancelled, however many attempts are left", async (context) => {
  const queue = await memoryQueue(context)
  const row = await running(queue)
  const now = await lose(queue, { ...row, cancel_requested_ms: 1 }, { isFree: true })
  assert.deepEqual(
    [now?.state, now?.attempt, now?.reason, now?.culprit, now?.message],
    ["cancelled", 1, "CANCELLED", "user", null],
  )
})

test("who comes second changes nothing, and ends nobody's token", async (context) => {
  const queue = await memoryQueue(context)
  const ended: unknown[] = []
  const jobTokens = { ...queue.ports.jobTokens, end: async (_: unknown, of: unknown) => void ended.push(of) }
  const watched: QueueBench = { ...queue, ports: { ...queue.ports, jobTokens } }
  const row = await running(queue)
  await lose(watched, row)
  assert.deepEqual(ended, [{ job: row.id, attempt: 1 }])
  const before = await job(queue)
  assert.equal(await lose(watched, row, { state: "failed", message: "later" }), undefined)
  assert.deepEqual(await job(queue), before)
  assert.equal(ended.length, 1)
  const attempt = await queue.ports.database.read.selectFrom("attempts").selectAll().executeTakeFirstOrThrow()
  assert.deepEqual([attempt.state, attempt.message], ["lost", "away"])
})

test("an attempt is its runner's, also when it has ended, and of no other runner, job or number", async (context) => {
  const queue = await memoryQueue(context)
  const row = await running(queue)
  const held = { job: row.id, attempt: 1, runner: row.runner ?? "" }
  const { read } = queue.ports.database
  assert.equal((await needAttempt(read, held)).state, "running")
  await lose(queue, row)
  assert.equal((await needAttempt(read, held)).state, "lost")
  for (const other of [{ runner: "other" }, { attempt: 2 }, { job: "other" }]) {
    const asked = { ...held, ...other }
    await assert.rejects(needAttempt(read, asked), {
      code: "ATTEMPT_STALE",
      details: { job: asked.job, attempt: asked.attempt },
    })
  }
})
