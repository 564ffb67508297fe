import assert from "node:assert/strict"
import { test } from "node:test"
import { memoryQueue } from "../../../../test/server/queue/memory-queue.ts"
import type { QueueBench } from "../../../../test/server/queue/queue-bench.ts"
import { presentSince, readWaiting } from "./read-waiting.ts"

async function waiting(queue: QueueBench, id: string) {
  const job = await queue.ports.database.read
    .selectFrom("jobs")
    .selectAll()
    .where("id", "=", id)
    .executeTakeFirstOrThrow()
  return readWaiting(queue.ports, job)
}

test("a job is behind those of its lane with a higher priority, or the same and longer in the queue", async (context) => {
  const queue = await memoryQueue(context)
  const early = await queue.submit("ada")
  await queue.submit("bob", { priority: 9 })
  queue.clock.nowMs += 1
  const late = await queue.submit("ada")
  const urgent = await queue.submit("ada", { priority: 1 })
  const ahead = async (id: string) => (await waiting(queue, id))?.ahead
  assert.deepEqual([await ahead(urgent), await ahead(early), await ahead(late)], [0, 1, 2])
})

test("of jobs of one time, each has another number before it", async (context) => {
  const queue = await memoryQueue(context)
  const jobs = [await queue.submit("ada"), await queue.submit("ada"), await queue.submit("ada")].sort()
  const counts = []
  for (const id of jobs) counts.push((await waiting(queue, id))?.ahead)
  assert.deepEqual(counts, [0, 1, 2])
})

test("why it waits is told of the runners that were heard of for a lease", async (context) => {
  const queue = await memoryQueue(context)
  const job = await queue.submit("ada")
  assert.equal((await waiting(queue, job))?.reason, "WAITING_FOR_RUNNER")
  await queue.runner("one")
  assert.equal((await waiting(queue, job))?.reason, "WAITING_FOR_TURN")
  queue.clock.nowMs += queue.ports.queueSettings.leaseMs
  assert.equal((await waiting(queue, job))?.reason, "WAITING_FOR_TURN")
  queue.clock.nowMs += 1
  const found = await waiting(queue, job)
  assert.equal(found?.reason, "WAITING_FOR_RUNNER")
  assert.match(found?.message ?? "", /runner/)
  assert.equal(presentSince(queue.ports), queue.clock.nowMs - queue.ports.queueSettings.leaseMs)
})

test("a job that began or ended meanwhile waits for nothing", async (context) => {
  const queue = await memoryQueue(context)
  const job = await queue.submit("ada")
  await queue.ports.database.write(({ sql }) => sql.updateTable("lanes").set({ pending: 0 }).execute())
  assert.equal(await waiting(queue, job), undefined)
})
