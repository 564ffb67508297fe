import assert from "node:assert/strict"
import { test } from "node:test"
import { memoryQueue } from "../../../../test/server/queue/memory-queue.ts"
import { PROJECT } from "../../../../test/server/queue/queue-bench.ts"
import { LAST_TURN, readLimits, readRunners, readView } from "./read-view.ts"

test("only lanes with jobs that wait or run decide anything", async (context) => {
  const queue = await memoryQueue(context)
  await queue.submit("ada", { priority: 3, resources: { cpus: 2 } })
  await queue.submit("bob")
  await queue.submit("eve")
  await queue.ports.database.write(async ({ sql }) => {
    await sql
      .updateTable("lanes")
      .set({ pending: 0, running: 1, head_priority: null, head_queued_ms: null })
      .where("owner", "=", "bob")
      .execute()
    await sql.updateTable("lanes").set({ pending: 0 }).where("owner", "=", "eve").execute()
  })
  const { lanes } = await readView(queue.ports.database.read)
  const of = { project: PROJECT, group: "lab" }
  assert.deepEqual(
    lanes.map(({ id: _, ...lane }) => lane).toSorted((a, b) => (a.owner < b.owner ? -1 : 1)),
    [
      {
        owner: "ada",
        ...of,
        resources: { cpus: 2 },
        pending: 1,
        running: 0,
        headPriority: 3,
        headQueuedMs: queue.clock.nowMs,
      },
      { owner: "bob", ...of, resources: {}, pending: 0, running: 1, headPriority: 0, headQueuedMs: 0 },
    ],
  )
})

test("a limit is read as what it says, and a limit of 0 is one", async (context) => {
  const { ports } = await memoryQueue(context)
  const row = { running: null, weight: null, paused: 0, revision: 1 }
  await ports.database.write(({ sql }) =>
    sql
      .insertInto("queue_limits")
      .values([
        { ...row, kind: "user", subject: "*", running: 0 },
        { ...row, kind: "user", subject: "a/b", weight: 2 },
        { ...row, kind: "site", subject: "*", paused: 1 },
        { ...row, kind: "group", subject: "lab" },
      ])
      .execute(),
  )
  assert.deepEqual(
    await readLimits(ports.database.read),
    new Map<string, object>([
      ["user/*", { running: 0 }],
      ["user/a/b", { weight: 2 }],
      ["site/*", { paused: true }],
      ["group/lab", {}],
    ]),
  )
})

test("turns are read of users who wait, and of who had the last one; of nobody else", async (context) => {
  const queue = await memoryQueue(context)
  const { read } = queue.ports.database
  assert.deepEqual((await readView(read)).turns, { of: new Map(), last: 0 })
  await queue.submit("ada")
  const turns = [LAST_TURN, "ada", "bob"].map((owner, n) => ({ owner, turn: 10 + n }))
  await queue.ports.database.write(({ sql }) => sql.insertInto("queue_turns").values(turns).execute())
  const found = (await readView(read)).turns
  assert.equal(found.last, 10)
  assert.deepEqual([found.of.get("ada"), found.of.get("bob")], [11, undefined])
})

test("a runner is read with what its own running jobs ask for, by its id or by when it was heard of", async (context) => {
  const queue = await memoryQueue(context)
  const { database } = queue.ports
  const early = await queue.runner("early", { slots: 2, labels: { site: "a" }, capabilities: ["gpu"], cpus: 4 })
  await queue.submit("ada", { resources: { cpus: 1 } })
  await queue.submit("ada", { resources: { cpus: 2 } })
  assert.equal((await queue.claim(early, 2)).length, 2)
  // What has ended takes nothing of it any more.
  await queue.submit("bob", { resources: { cpus: 3 } })
  await database.write(({ sql }) =>
    sql.updateTable("jobs").set({ state: "complete", runner: early }).where("owner", "=", "bob").execute(),
  )
  queue.clock.nowMs += 10
  const late = await queue.runner("late")
  const [found] = await readRunners(database.read, { id: early })
  assert.ok(found)
  assert.deepEqual(
    { ...found, running: found.running.toSorted((a, b) => (a.cpus ?? 0) - (b.cpus ?? 0)) },
    {
      ...{ id: early, labels: { site: "a" }, capabilities: ["gpu"], slots: 2, cpus: 4, memoryBytes: 2 ** 40, gpus: 0 },
      ...{ isDrained: false, running: [{ cpus: 1 }, { cpus: 2 }] },
    },
  )
  const since = async (seenMs: number) => (await readRunners(database.read, { seenMs })).map(({ id }) => id).toSorted()
  assert.deepEqual(await since(queue.clock.nowMs - 10), [early, late].toSorted())
  assert.deepEqual(await since(queue.clock.nowMs), [late])
  assert.deepEqual(await since(queue.clock.nowMs + 1), [])
  assert.deepEqual(await readRunners(database.read, { id: "nobody" }), [])
})

test("a runner is drained by an admin's word or by its own", async (context) => {
  const queue = await memoryQueue(context)
  const { database } = queue.ports
  const id = await queue.runner("one")
  for (const [drained, draining] of [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ] as const) {
    await database.write(({ sql }) => sql.updateTable("runners").set({ drained, draining }).execute())
    assert.equal((await readRunners(database.read, { id }))[0]?.isDrained, drained + draining > 0)
  }
})
