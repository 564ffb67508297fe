import assert from "node:assert/strict"
import { test } from "node:test"
import { memoryQueue } from "../../../../test/server/queue/memory-queue.ts"
import type { QueueBench } from "../../../../test/server/queue/queue-bench.ts"
import { readEvents } from "../../database/events/read-events.ts"
import { countInLane, openLane } from "./lanes.ts"
import { lockJob } from "./lock-job.ts"
import { moveJob } from "./move-job.ts"

const CANCEL = { from: "pending", to: "cancelled", attempt: 1, change: { reason: "CANCELLED" }, atMs: 5 } as const

function move(queue: QueueBench, job: string, how: Parameters<typeof moveJob>[2] = CANCEL) {
  return queue.ports.database.write((write) => moveJob(write, job, how))
}

async function lanes(queue: QueueBench) {
  const rows = await queue.ports.database.read
    .selectFrom("lanes")
    .select(["owner", "pending", "running", "head_priority", "head_queued_ms"])
    .orderBy("owner")
    .execute()
  return rows.map((row) => ({ ...row }))
}

test("a job is moved by who knows its state and attempt, and by nobody else", async (context) => {
  const queue = await memoryQueue(context)
  const job = await queue.submit("ada")
  const before = await lanes(queue)
  assert.equal(await move(queue, job, { ...CANCEL, attempt: 2 }), undefined)
  assert.equal(await move(queue, job, { ...CANCEL, from: "running" }), undefined)
  assert.equal(await move(queue, "0".repeat(24)), undefined)
  assert.deepEqual(await lanes(queue), before)
  const moved = await move(queue, job)
  assert.deepEqual([moved?.state, moved?.reason, moved?.revision], ["cancelled", "CANCELLED", 2])
  // The second one comes too late.
  assert.equal(await move(queue, job), undefined)
  assert.equal((await lanes(queue))[0]?.pending, 0)
})

test("a move that there is not is a mistake of the program's, and changes nothing", async (context) => {
  const queue = await memoryQueue(context)
  const job = await queue.submit("ada")
  await assert.rejects(move(queue, job, { ...CANCEL, to: "complete" }), RangeError)
  await assert.rejects(move(queue, job, { ...CANCEL, from: "complete", to: "failed" }), RangeError)
  assert.equal(
    (await queue.ports.database.read.selectFrom("jobs").select("state").executeTakeFirst())?.state,
    "pending",
  )
})

test("a lane counts its jobs, and knows which of them goes next", async (context) => {
  const queue = await memoryQueue(context)
  const [low, , high] = [
    await queue.submit("ada", { priority: 1 }),
    await queue.submit("bob"),
    await queue.submit("ada", { priority: 7 }),
  ]
  const head = { head_queued_ms: queue.clock.nowMs }
  const bob = { owner: "bob", pending: 1, running: 0, head_priority: 0, ...head }
  const ada = { owner: "ada", pending: 2, running: 0, head_priority: 7, ...head }
  assert.deepEqual(await lanes(queue), [ada, bob])
  await move(queue, high, { ...CANCEL, to: "running", change: {} })
  assert.deepEqual(await lanes(queue), [{ ...ada, pending: 1, running: 1, head_priority: 1 }, bob])
  await move(queue, low)
  assert.deepEqual(await lanes(queue), [
    { ...ada, pending: 0, running: 1, head_priority: null, head_queued_ms: null },
    bob,
  ])
  await move(queue, high, { ...CANCEL, from: "running", to: "pending", attempt: 1, change: { attempt: 2 } })
  assert.deepEqual(await lanes(queue), [{ ...ada, pending: 1 }, bob])
})

test("each move is written down, told, and wakes who waits for the job; one that frees room wakes the queue", async (context) => {
  const queue = await memoryQueue(context)
  const { database } = queue.ports
  const job = await queue.submit("ada")
  const woken: string[] = []
  for (const topic of ["queue", `job:${job}`]) context.after(database.signals.on(topic, () => void woken.push(topic)))
  await move(queue, job, { ...CANCEL, to: "running", change: { phase: "preparing" }, byUser: "eve" })
  assert.deepEqual(woken, [`job:${job}`])
  await move(queue, job, { ...CANCEL, from: "running", to: "failed", change: { phase: null, reason: "TIMEOUT" } })
  assert.deepEqual(woken.toSorted(), [`job:${job}`, `job:${job}`, "queue"])
  const noted = await database.read.selectFrom("job_transitions").selectAll().orderBy("n").execute()
  assert.deepEqual(
    noted.map(({ n, state, phase, reason, by_user }) => [n, state, phase, reason, by_user]),
    [
      [1, "pending", null, null, "ada"],
      [2, "running", "preparing", null, "eve"],
      [3, "failed", null, "TIMEOUT", null],
    ],
  )
  const told = await readEvents(database.read, { after: 0, limit: 10, kinds: ["job.changed"], subject: job })
  assert.deepEqual(
    told.map(({ data }) => data),
    [
      { state: "pending", attempt: 1, gear: "noop" },
      { state: "running", attempt: 1, gear: "noop", phase: "preparing" },
      { state: "failed", attempt: 1, gear: "noop", reason: "TIMEOUT" },
    ],
  )
})

test("jobs of one user in one project that ask for the same share a lane, whatever group the project is in now", async (context) => {
  const { ports } = await memoryQueue(context)
  const content = { owner: "ada", project: "p", group: "lab", resources: "{}" }
  const opened = (more: Partial<typeof content>, id: string) =>
    ports.database.write((write) => openLane(write, { ...content, ...more }, id))
  assert.equal(await opened({}, "1"), "1")
  assert.equal(await opened({ group: "moved" }, "2"), "1")
  assert.equal(await opened({ owner: "bob" }, "3"), "3")
  assert.equal(await opened({ project: "q" }, "4"), "4")
  assert.equal(await opened({ resources: '{"cpus":1}' }, "5"), "5")
  await ports.database.write((write) => countInLane(write, "1", { pending: 2, running: -1 }))
  const row = await ports.database.read.selectFrom("lanes").selectAll().where("id", "=", "1").executeTakeFirst()
  assert.deepEqual([row?.group_id, row?.pending, row?.running], ["moved", 2, -1])
})

test("a job that is locked is read whole, and one that there is not is none", async (context) => {
  const queue = await memoryQueue(context)
  const job = await queue.submit("ada", { label: "mine" })
  const locked = (id: string) => queue.ports.database.write((write) => lockJob(queue.ports, write, id))
  assert.equal((await locked(job))?.label, "mine")
  assert.equal(await locked("nothing"), undefined)
})
