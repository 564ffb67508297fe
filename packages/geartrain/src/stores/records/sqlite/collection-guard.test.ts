import assert from "node:assert/strict"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { test } from "node:test"
import { opened, output } from "../../../../test/stores/records/opened-records.ts"
import { digest, gear, job, OWNER } from "../../../../test/stores/records/sample-records.ts"
import { openRecords } from "./open-records.ts"

const NO_MARKS = { freed: [], stored: [] }

test("outputs, logs, inputs and root filesystems are referenced while gears and jobs name them", async (context) => {
  const { records } = await opened(context)
  await records.gears.putGear(gear(1))
  const inputs = { file: { base: "file" as const, name: "f", digest: digest(3), object: {} } }
  const running = job(2, { invocation: { ...job(2).invocation, inputs } })
  await records.jobs.create(running, OWNER)
  const before = await records.guard.referenced()
  assert.deepEqual(before.blobs, new Set([digest(3)]))
  assert.deepEqual(before.roots, new Set([gear(1).tree, gear(2).tree]))
  const log = { digest: digest(5), sizeBytes: 1, lines: 1, droppedBytes: 0 }
  await records.jobs.update({ ...running, state: "complete", outputs: [output(4), output(4)], log }, "running")
  const after = await records.guard.referenced()
  assert.deepEqual(after.blobs, new Set([digest(3), digest(4), digest(5)]))
  assert.deepEqual(after.roots, new Set([gear(1).tree]), "a job that has ended can get its gear again")
})

test("of what a collection asks about it is told the same as of everything", async (context) => {
  const { records } = await opened(context)
  await records.gears.putGear(gear(1))
  const inputs = { file: { base: "file" as const, name: "f", digest: digest(3), object: {} } }
  await records.jobs.create(job(2, { invocation: { ...job(2).invocation, inputs } }), OWNER)
  const ended = job(4)
  await records.jobs.create(ended, OWNER)
  await records.jobs.update({ ...ended, state: "complete", outputs: [output(5), output(6)] }, "running")
  const freed = [{ digest: digest(6), sizeBytes: 1, at: "2026-01-01T00:00:00.000Z" }]
  await records.guard.collect(async () => ({ freed, stored: [] }))
  const about = {
    blobs: [3, 5, 6, 7].map(digest),
    jobs: [job(2).id, job(9).id],
    gears: [gear(1).id, gear(9).id],
  }
  const all = await records.guard.referenced()
  await records.guard.collect(async (known) => {
    for (const name of ["blobs", "busy", "freed"] as const)
      for (const blob of about.blobs) assert.equal(known[name].has(blob), all[name].has(blob), `${name} ${blob}`)
    for (const id of about.jobs) assert.equal(known.jobs.has(id), all.jobs.has(id))
    for (const id of about.gears) assert.equal(known.gears.has(id), all.gears.has(id))
    assert.equal(known.spareSinceMs, all.spareSinceMs)
    return NO_MARKS
  }, about)
  assert.deepEqual([all.blobs.size, all.busy.size, all.freed.size], [3, 1, 1])
  await records.guard.collect(
    async (known) => {
      assert.equal(known.blobs.size + known.jobs.size + known.gears.size, 0, "nobody asked about any")
      return NO_MARKS
    },
    { blobs: [], jobs: [], gears: [] },
  )
})

test("a collection spares what came since the oldest lease of a living process", async (context) => {
  const { records } = await opened(context)
  const dead = { ...OWNER, startTime: OWNER.startTime.replace(/^\d+/, "1") }
  await records.guard.startWriting(dead)
  assert.equal((await records.guard.referenced()).spareSinceMs, Number.POSITIVE_INFINITY)
  const beforeMs = Date.now()
  const lease = await records.guard.startWriting(OWNER)
  const afterMs = Date.now()
  await records.guard.collect(async ({ spareSinceMs }) => {
    assert.ok(spareSinceMs >= beforeMs - 60_000 && spareSinceMs <= afterMs - 60_000)
    return NO_MARKS
  })
  await lease.end()
  await lease.end()
  assert.equal((await records.guard.referenced()).spareSinceMs, Number.POSITIVE_INFINITY)
})

test("leases of dead processes are swept, and of unseen ones after a week", async (context) => {
  const { folder, records } = await opened(context)
  const unseen = { ...OWNER, host: "elsewhere.example" }
  await records.guard.startWriting({ ...OWNER, startTime: OWNER.startTime.replace(/^\d+/, "1") })
  await records.guard.startWriting(unseen)
  const count = async (): Promise<unknown> => {
    await records.guard.collect(async () => NO_MARKS)
    const database = new DatabaseSync(join(folder, "records.db"))
    const row = database.prepare("SELECT count(*) AS leases FROM write_leases").get()
    database.exec("UPDATE write_leases SET since_ms = since_ms - 7 * 24 * 3600 * 1000 - 1")
    database.close()
    return row?.["leases"]
  }
  assert.equal(await count(), 1)
  assert.equal(await count(), 0)
})

test("while a collection runs, nobody gets a lease and nothing is recorded, in this process or another", async (context) => {
  const { folder, records } = await opened(context)
  const other = openRecords(join(folder, "records.db"), { prepare: async () => {} })
  const order: string[] = []
  let waiting: Promise<unknown> = Promise.resolve()
  await records.guard.collect(async () => {
    waiting = Promise.all([
      records.guard.startWriting(OWNER).then(() => order.push("lease")),
      other.guard.startWriting(OWNER).then(() => order.push("other's lease")),
      other.jobs.create(job(1), OWNER).then(() => order.push("other's job")),
    ])
    await new Promise((resolve) => setTimeout(resolve, 100))
    assert.deepEqual(await other.jobs.list({}), [], "reading goes on")
    order.push("collected")
    return NO_MARKS
  })
  await waiting
  await other.close()
  assert.equal(order[0], "collected")
  assert.equal(order.length, 4)
})

test("a collection that fails undoes nothing of others and passes its error on", async (context) => {
  const { records } = await opened(context)
  await records.jobs.create(job(1), OWNER)
  await assert.rejects(
    records.guard.collect(async () => {
      throw new RangeError("it broke")
    }),
    new RangeError("it broke"),
  )
  await records.jobs.create(job(2), OWNER)
  assert.equal((await records.jobs.list({})).length, 2)
})
