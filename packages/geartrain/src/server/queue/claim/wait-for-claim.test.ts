import assert from "node:assert/strict"
import { type TestContext, test } from "node:test"
import { memoryQueue } from "../../../../test/server/queue/memory-queue.ts"
import { ADMIN, type QueueBench, runnerCaller } from "../../../../test/server/queue/queue-bench.ts"
import { waitForClaim } from "./wait-for-claim.ts"

const HOUR_MS = 3_600_000

async function bench(context: TestContext) {
  const queue = await memoryQueue(context)
  const runner = await queue.runner("one")
  const wait = (more: object = {}, ports = queue.ports) =>
    waitForClaim(ports, runnerCaller, { runner, free: 1, waitMs: 0, signal: new AbortController().signal, ...more })
  return { queue, runner, wait }
}

async function row(queue: QueueBench) {
  return queue.ports.database.read.selectFrom("jobs").selectAll().executeTakeFirstOrThrow()
}

test("a runner gets what waits at once, up to what it has free, and nothing where nothing waits", async (context) => {
  const { queue, wait } = await bench(context)
  assert.deepEqual(await wait(), { jobs: [] })
  for (let n = 0; n < 3; n++) await queue.submit("ada")
  assert.equal((await wait({ free: 2, waitMs: HOUR_MS })).jobs.length, 2)
  assert.equal((await wait({ free: 2, waitMs: HOUR_MS })).jobs.length, 1)
  assert.deepEqual(await wait({ free: 0 }), { jobs: [] })
})

test("a runner that waits is given a job as soon as there is one", async (context) => {
  const { queue, wait } = await bench(context)
  const claimed = wait({ waitMs: HOUR_MS })
  const job = await queue.submit("ada")
  assert.deepEqual(
    (await claimed).jobs.map(({ job: id, attempt, token }) => [id, attempt, token]),
    [[job, 1, `token-${job}-1`]],
  )
})

test("asking says that the runner is there, what it has free, and that it rests no longer", async (context) => {
  const { queue, wait } = await bench(context)
  const { database } = queue.ports
  await database.write(({ sql }) =>
    sql.updateTable("runners").set({ rest_until_ms: HOUR_MS, rest_why: "DISK_FULL" }).execute(),
  )
  queue.clock.nowMs += 7
  await wait({ free: 5 })
  const runner = await database.read.selectFrom("runners").selectAll().executeTakeFirstOrThrow()
  assert.deepEqual(
    [runner.seen_ms, runner.free, runner.rest_until_ms, runner.rest_why],
    [queue.clock.nowMs, 5, null, null],
  )
})

test("nothing is claimed for who has gone away, neither before nor while they waited", async (context) => {
  const { queue, wait } = await bench(context)
  const gone = new AbortController()
  const waiting = wait({ waitMs: HOUR_MS, signal: gone.signal })
  gone.abort()
  assert.deepEqual(await waiting, { jobs: [] })
  await queue.submit("ada")
  assert.deepEqual(await wait({ signal: gone.signal }), { jobs: [] })
  assert.deepEqual([(await row(queue)).state, (await row(queue)).attempt], ["pending", 1])
})

test("who goes away while jobs are given to them leaves these to others, with all their attempts", async (context) => {
  const { queue, wait } = await bench(context)
  const job = await queue.submit("ada")
  const gone = new AbortController()
  const jobTokens = {
    ...queue.ports.jobTokens,
    issue: async () => {
      gone.abort()
      return "token"
    },
  }
  await wait({ signal: gone.signal }, { ...queue.ports, jobTokens })
  const now = await row(queue)
  assert.deepEqual([now.id, now.state, now.attempt, now.most_attempts], [job, "pending", 2, 4])
  const attempt = await queue.ports.database.read.selectFrom("attempts").selectAll().executeTakeFirstOrThrow()
  assert.deepEqual([attempt.state, attempt.reason, attempt.culprit], ["released", "RUNNER_LOST", "platform"])
  assert.equal((await wait()).jobs[0]?.attempt, 2)
})

test("a runner claims as itself: not one that there is not, nor another's, nor a person", async (context) => {
  const { queue, runner, wait } = await bench(context)
  await queue.submit("ada")
  const asked = { runner, free: 1, waitMs: 0, signal: new AbortController().signal }
  const notFound = { code: "RUNNER_NOT_FOUND" }
  await assert.rejects(wait({ runner: "0".repeat(24) }), notFound)
  await assert.rejects(waitForClaim(queue.ports, { ...runnerCaller, user: "another fleet" }, asked), notFound)
  await assert.rejects(waitForClaim(queue.ports, { ...ADMIN, user: runnerCaller.user }, asked), notFound)
  assert.equal((await row(queue)).state, "pending")
})
