import assert from "node:assert/strict"
import { mkdir, readdir, rename, rm } from "node:fs/promises"
import { join } from "node:path"
import { test } from "node:test"
import type { Digest } from "@geartrain/spec"
import type { Freeable } from "../../src/stores/filesystem/upkeep/collect-garbage.ts"
import { processName } from "../../src/system/linux/process-name.ts"
import { backdate, bytes, type OpenedStore, openTemporary } from "./opened-store.ts"
import { digest, gear, job, jobId, OWNER } from "./records/sample-records.ts"
import { smallRoot } from "./small-root.ts"

/** A process that has ended: this one's id, with the start of another. */
const DEAD = { ...OWNER, startTime: OWNER.startTime.replace(/^\d+/, "1") }

/** Stores an output, the job that made it, and the gear of the job. */
async function withJob(opened: OpenedStore, number: number, text: string): Promise<Digest> {
  const root = smallRoot(`root ${number}`)
  await opened.store.roots.put(root.tree, { tar: root.tar(), listing: root.listing() })
  await opened.records.gears.putGear(gear(number, { tree: root.tree }))
  const { digest, sizeBytes } = await opened.store.blobs.put(bytes(text))
  const outputs = [{ path: "out", digest, sizeBytes }]
  await opened.records.jobs.create(job(number, { state: "complete", outputs }), OWNER)
  return digest
}

function freeable(digest: Digest, needs: Partial<Freeable["needs"]> = {}): Freeable {
  return { digest, needs: { jobs: [], gears: [], blobs: [], ...needs } }
}

test("bytes go and their record stays; a check knows them from lost ones, and a collection has no more to do", async (context) => {
  const opened = await openTemporary(context, { form: "tree" })
  const [freed, kept] = [await withJob(opened, 1, "large bytes"), await withJob(opened, 2, "kept")]
  const free = [freeable(freed, { jobs: [jobId(1)], gears: [gear(1).id] })]
  const expected = { removed: [{ kind: "freed", name: freed, sizeBytes: 11 }], freedBytes: 11 }
  assert.deepEqual(await opened.collect({ dryRun: true, free }), expected)
  assert.notEqual(await opened.store.blobs.stat(freed), undefined, "a dry run removes nothing")
  assert.deepEqual(await opened.collect({ free }), expected)
  assert.equal(await opened.store.blobs.stat(freed), undefined)
  assert.notEqual(await opened.store.blobs.stat(kept), undefined)
  assert.notEqual((await opened.records.jobs.get(jobId(1)))?.outputs[0]?.freed, undefined)
  assert.deepEqual(await opened.check(), [])
  assert.deepEqual(await opened.collect(), { removed: [], freedBytes: 0 })
  await opened.records.gears.removeGear(gear(1).id)
  const [lost] = await opened.check()
  assert.match(lost?.message ?? "", /^Output "out" of job "0+1" was freed, and gear "gear-1@1.0.0", .* is not stored$/)
  await rm((await opened.store.blobs.locate(kept)) ?? "")
  assert.match((await opened.check()).map(({ message }) => message).join(), /Output "out" of job "0+2" is not stored/)
})

test("bytes stay that were touched, that a job reads, or whose making needs what was forgotten or freed meanwhile", async (context) => {
  const opened = await openTemporary(context, { form: "tree" })
  const [touched, read, forgotten, gearless, chained, source] = [
    await withJob(opened, 1, "touched"),
    await withJob(opened, 2, "read"),
    await withJob(opened, 3, "forgotten"),
    await withJob(opened, 4, "gearless"),
    await withJob(opened, 5, "chained"),
    await withJob(opened, 6, "source"),
  ]
  await backdate(opened.path)
  await opened.collect({ free: [freeable(source)] })
  const lease = await opened.records.guard.startWriting(OWNER)
  assert.equal(await opened.store.blobs.hold(touched), true)
  const input = { base: "file" as const, name: "f", digest: read, object: {} }
  const running = job(7, { invocation: { ...job(7).invocation, inputs: { input } } })
  await opened.records.jobs.create(running, OWNER)
  const free = [
    freeable(touched),
    freeable(read),
    freeable(forgotten, { jobs: [jobId(8)] }),
    freeable(gearless, { gears: [gear(8).id] }),
    freeable(chained, { blobs: [source] }),
    freeable(digest(0xdead)),
  ]
  assert.deepEqual((await opened.collect({ dryRun: true, free })).removed, [])
  assert.deepEqual((await opened.collect({ free })).removed, [])
  await lease.end()
  await opened.records.jobs.update({ ...running, state: "complete" }, "running")
  const gone = (await opened.collect({ free })).removed.map(({ name }) => name)
  assert.deepEqual(gone, [touched, read])
})

test("of a collection that was killed, what it had written down as freed is gone, and the rest is put back", async (context) => {
  const opened = await openTemporary(context, { form: "tree" })
  const [marked, unmarked] = [await withJob(opened, 1, "marked"), await withJob(opened, 2, "not marked")]
  const trash = join(opened.path, "trash", `${processName(DEAD)}.0123abcd`)
  await mkdir(join(trash, "blobs"), { recursive: true })
  for (const name of [marked, unmarked])
    await rename((await opened.store.blobs.locate(name)) ?? "", join(trash, "blobs", name.slice(7)))
  const at = "2026-03-01T00:00:00.000Z"
  await opened.records.guard.collect(async () => ({ freed: [{ digest: marked, sizeBytes: 6, at }], stored: [] }))
  assert.deepEqual(await opened.check(), [])
  await opened.collect()
  assert.equal(await opened.store.blobs.stat(marked), undefined)
  assert.notEqual(await opened.store.blobs.stat(unmarked), undefined)
  assert.deepEqual(
    (await opened.records.jobs.listFreed()).map(({ digest }) => digest),
    [marked],
  )
  assert.deepEqual(await readdir(join(opened.path, "trash")), [])
})

test("bytes that are there although they are said to be freed are no longer said to be", async (context) => {
  const opened = await openTemporary(context, { form: "tree" })
  const digest = await withJob(opened, 1, "again")
  await opened.collect({ free: [freeable(digest)] })
  await opened.store.blobs.put(bytes("again"))
  await opened.collect()
  assert.deepEqual(await opened.records.jobs.listFreed(), [])
  assert.notEqual(await opened.store.blobs.stat(digest), undefined)
})
