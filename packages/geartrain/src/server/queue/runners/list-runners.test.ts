import assert from "node:assert/strict"
import { test } from "node:test"
import { person } from "../../../../test/server/open-access.ts"
import { memoryQueue } from "../../../../test/server/queue/memory-queue.ts"
import { ADMIN, runnerCaller } from "../../../../test/server/queue/queue-bench.ts"
import { listRunners } from "./list-runners.ts"
import { needRunner } from "./need-runner.ts"

test("all runners there ever were are listed for admins, those heard of last first, with how many jobs each runs", async (context) => {
  const queue = await memoryQueue(context)
  await queue.runner("old")
  queue.clock.nowMs += 1
  const busy = await queue.runner("busy", { slots: 3, labels: { site: "a" }, capabilities: ["gpu"] })
  queue.clock.nowMs += 1
  await queue.runner("new")
  for (let n = 0; n < 3; n++) await queue.submit("ada")
  await queue.claim(busy, 2)
  const listed = await listRunners(queue.ports, ADMIN)
  assert.deepEqual(
    listed.map(({ name, running }) => [name, running]),
    [
      ["new", 0],
      ["busy", 2],
      ["old", 0],
    ],
  )
  const { createdMs, seenMs, ...facts } = listed[1] ?? assert.fail()
  assert.deepEqual(facts, {
    ...{ id: busy, name: "busy", host: "here", slots: 3, free: 3, running: 2, labels: { site: "a" } },
    ...{ capabilities: ["gpu"], versions: {}, machine: { cpus: 1000, memoryBytes: 2 ** 40, gpus: 0 }, state: "ready" },
  })
  assert.deepEqual([createdMs, seenMs], [queue.clock.nowMs - 1, queue.clock.nowMs - 1])
  await assert.rejects(listRunners(queue.ports, person("ada")), { code: "NOT_PERMITTED" })
})

test("a runner is away before it is drained, drained before it rests, and rests until the time is over", async (context) => {
  const queue = await memoryQueue(context)
  await queue.runner("one")
  const { nowMs } = queue.clock
  const { leaseMs } = queue.ports.queueSettings
  const state = async (change: object) => {
    const usual = { seen_ms: nowMs, drained: 0, draining: 0, rest_until_ms: null, rest_why: null }
    await queue.ports.database.write(({ sql }) =>
      sql
        .updateTable("runners")
        .set({ ...usual, ...change })
        .execute(),
    )
    const [runner] = await listRunners(queue.ports, ADMIN)
    return [runner?.state, runner?.rest]
  }
  const rest = { rest_until_ms: nowMs + 1, rest_why: "DISK_FULL" }
  assert.deepEqual(await state({}), ["ready", undefined])
  assert.deepEqual(await state(rest), ["resting", { untilMs: nowMs + 1, why: "DISK_FULL" }])
  assert.deepEqual(await state({ ...rest, rest_until_ms: nowMs }), ["ready", undefined])
  assert.deepEqual(await state({ ...rest, rest_why: null }), ["ready", undefined])
  assert.deepEqual(await state({ ...rest, draining: 1 }), ["drained", undefined])
  assert.deepEqual(await state({ drained: 1 }), ["drained", undefined])
  assert.deepEqual(await state({ drained: 1, seen_ms: nowMs - leaseMs }), ["drained", undefined])
  assert.deepEqual(await state({ drained: 1, seen_ms: nowMs - leaseMs - 1 }), ["away", undefined])
})

test("a runner is who came with its token, and nobody else", async (context) => {
  const queue = await memoryQueue(context)
  const id = await queue.runner("one")
  const { read } = queue.ports.database
  assert.equal((await needRunner(read, runnerCaller, id)).name, "one")
  const others = [ADMIN, { ...ADMIN, user: runnerCaller.user }, { ...runnerCaller, user: "other", siteAdmin: true }]
  for (const caller of others) await assert.rejects(needRunner(read, caller, id), { code: "RUNNER_NOT_FOUND" })
  await assert.rejects(
    needRunner(read, runnerCaller, `${"x".repeat(99)}😀${"x".repeat(5000)}`),
    ({ message }: Error) => message.length < 200 && message.isWellFormed(),
  )
})
