import assert from "node:assert/strict"
import { type TestContext, test } from "node:test"
import { person } from "../../../../test/server/open-access.ts"
import { memoryQueue } from "../../../../test/server/queue/memory-queue.ts"
import { ADMIN, PROJECT } from "../../../../test/server/queue/queue-bench.ts"
import { readEvents } from "../../database/events/read-events.ts"
import { pauseProject } from "./pause-project.ts"
import { readQueue } from "./read-queue.ts"
import { listLimits, setLimit } from "./set-limit.ts"

const OTHER = "0000000000000000000000cc"

async function bench(context: TestContext) {
  const rights = {
    ada: { [PROJECT]: "run", [OTHER]: "run" },
    bob: { [PROJECT]: "run" },
    lead: { [PROJECT]: "admin" },
    nobody: {},
  } as const
  const queue = await memoryQueue(context, { rights })
  queue.archive.places.set("other", { type: "session", id: "other", project: OTHER, group: "lab" })
  return queue
}

test("of the queue each sees the lanes of projects that they may read, and the sums of those", async (context) => {
  const queue = await bench(context)
  for (const user of ["ada", "ada", "bob"]) await queue.submit(user)
  await queue.submit("ada", { destination: "other" })
  await queue.claim(await queue.runner("one"), 1)
  const read = async (caller = ADMIN) => {
    const { pending, running, lanes } = await readQueue(queue.ports, caller)
    assert.equal(
      lanes.reduce((sum, lane) => sum + lane.pending, 0),
      pending,
    )
    return [pending, running, lanes.length]
  }
  assert.deepEqual(await read(), [3, 1, 3])
  assert.deepEqual(await read(person("nobody")), [0, 0, 0])
  const ofBob = await readQueue(queue.ports, person("bob"))
  assert.deepEqual(new Set(ofBob.lanes.map(({ project }) => project)), new Set([PROJECT]))
  // In the project of both are three of the four jobs.
  assert.equal(ofBob.pending + ofBob.running, 3)
})

test("a lane says why its jobs wait, and says nothing where none does", async (context) => {
  const queue = await bench(context)
  const why = async () => (await readQueue(queue.ports, ADMIN)).lanes.map(({ waiting }) => waiting)
  await queue.submit("ada")
  assert.deepEqual(await why(), ["WAITING_FOR_RUNNER"])
  const runner = await queue.runner("one")
  assert.deepEqual(await why(), ["WAITING_FOR_TURN"])
  await pauseProject(queue.ports, ADMIN, { project: PROJECT, isPaused: true })
  assert.deepEqual(await why(), ["WAITING_PROJECT_PAUSED"])
  assert.deepEqual(await queue.claim(runner), [])
  await pauseProject(queue.ports, ADMIN, { project: PROJECT, isPaused: false })
  assert.equal((await queue.claim(runner)).length, 1)
  const { lanes } = await readQueue(queue.ports, ADMIN)
  assert.deepEqual(lanes, [{ owner: "ada", project: PROJECT, pending: 0, running: 1 }])
})

test("a pause leaves the project's limit as it is, and counts as a change of it", async (context) => {
  const { ports } = await bench(context)
  await setLimit(ports, ADMIN, { kind: "project", subject: PROJECT, limit: { running: 3 } })
  const limit = { kind: "project", subject: PROJECT, running: 3 }
  await pauseProject(ports, person("lead"), { project: PROJECT, isPaused: true })
  assert.deepEqual(await listLimits(ports, ADMIN), [{ ...limit, paused: true, revision: 2 }])
  await pauseProject(ports, person("lead"), { project: PROJECT, isPaused: true })
  await pauseProject(ports, person("lead"), { project: PROJECT, isPaused: false })
  assert.deepEqual(await listLimits(ports, ADMIN), [{ ...limit, revision: 4 }])
})

test("only its admins pause a project; that is told, and wakes the queue", async (context) => {
  const { ports } = await bench(context)
  const { database } = ports
  let woken = 0
  context.after(database.signals.on("queue", () => woken++))
  const paused = { project: PROJECT, isPaused: true }
  await assert.rejects(pauseProject(ports, person("ada"), paused), { code: "NOT_PERMITTED" })
  await assert.rejects(pauseProject(ports, person("nobody"), paused), { code: "PROJECT_NOT_FOUND" })
  assert.deepEqual([woken, await listLimits(ports, ADMIN)], [0, []])
  await pauseProject(ports, person("lead"), paused)
  await pauseProject(ports, person("lead"), { ...paused, isPaused: false })
  assert.equal(woken, 2)
  const told = await readEvents(database.read, { after: 0, limit: 9, subject: PROJECT })
  assert.deepEqual(
    told.map(({ kind, project, byUser }) => [kind, project, byUser]),
    [
      ["queue.paused", PROJECT, "lead"],
      ["queue.resumed", PROJECT, "lead"],
    ],
  )
})
