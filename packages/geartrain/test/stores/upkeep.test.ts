import assert from "node:assert/strict"
import { appendFile, mkdir, readdir, readFile, rename, rm, stat, unlink, utimes, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { test } from "node:test"
import type { Digest } from "@geartrain/spec"
import { storeSizes } from "../../src/stores/filesystem/upkeep/store-sizes.ts"
import { processName } from "../../src/system/linux/process-name.ts"
import { backdate, bytes, type OpenedStore, openTemporary } from "./opened-store.ts"
import { gear, job, jobId, OWNER } from "./records/sample-records.ts"
import { smallRoot } from "./small-root.ts"

/** A process that has ended: this one's id, with the start of another. */
const DEAD = { ...OWNER, startTime: OWNER.startTime.replace(/^\d+/, "1") }
const UNSEEN = { ...OWNER, host: "elsewhere.example" }

test("a collection removes what nobody refers to, and only that", async (context) => {
  const opened = await openTemporary(context, { form: "tree" })
  const { store } = opened
  const kept = await withJob(opened, 1, "kept")
  const garbage = await store.blobs.put(bytes("garbage"))
  const [wanted, unwanted] = [smallRoot("wanted"), smallRoot("unwanted")]
  await putRoot(opened, wanted)
  await opened.records.gears.putGear(gear(1, { tree: wanted.tree }))
  const root = await putRoot(opened, unwanted)
  const expected = [
    { kind: "blob", name: garbage.digest, sizeBytes: 7 },
    { kind: "root", name: unwanted.tree, sizeBytes: root.storedBytes },
  ]
  const dry = await opened.collect({ dryRun: true })
  assert.deepEqual(dry, { removed: expected, freedBytes: 7 + root.storedBytes })
  assert.notEqual(await store.blobs.stat(garbage.digest), undefined, "a dry run removes nothing")
  assert.deepEqual(await opened.collect(), dry)
  assert.equal(await store.blobs.stat(garbage.digest), undefined)
  assert.equal(await store.roots.stat(unwanted.tree), undefined)
  assert.notEqual(await store.blobs.stat(kept), undefined)
  assert.notEqual(await store.roots.stat(wanted.tree), undefined)
  assert.deepEqual(await readdir(join(opened.path, "trash")), [])
  assert.deepEqual(await opened.collect(), { removed: [], freedBytes: 0 })
  assert.deepEqual(await opened.check(), [])
})

test("a collection in a store that is not there removes nothing, and a dry one makes nothing", async (context) => {
  const opened = await openTemporary(context)
  assert.deepEqual(await opened.collect({ dryRun: true }), { removed: [], freedBytes: 0 })
  await assert.rejects(stat(opened.path), { code: "ENOENT" })
  assert.deepEqual(await opened.collect(), { removed: [], freedBytes: 0 })
})

test("what is stored under a lease is spared until the lease ends", async (context) => {
  const opened = await openTemporary(context, { form: "tree" })
  const lease = await opened.records.guard.startWriting(OWNER)
  const { digest } = await opened.store.blobs.put(bytes("new"))
  const root = smallRoot("new")
  await putRoot(opened, root)
  assert.deepEqual((await opened.collect({ dryRun: true })).removed, [])
  assert.deepEqual((await opened.collect()).removed, [])
  await lease.end()
  const names = (await opened.collect()).removed.map(({ name }) => name)
  assert.deepEqual(names, [digest, root.tree])
})

test("what lies there for long and is stored again under a lease is spared like new", async (context) => {
  const opened = await openTemporary(context, { form: "tree" })
  const { digest } = await opened.store.blobs.put(bytes("old"))
  const { digest: garbage } = await opened.store.blobs.put(bytes("garbage"))
  const root = smallRoot("old")
  await putRoot(opened, root)
  await backdate(opened.path)
  await opened.records.guard.startWriting(OWNER)
  await opened.store.blobs.put(bytes("old"))
  await putRoot(opened, root)
  const names = (await opened.collect()).removed.map(({ name }) => name)
  assert.deepEqual(names, [garbage])
  assert.notEqual(await opened.store.blobs.stat(digest), undefined)
  assert.notEqual(await opened.store.roots.stat(root.tree), undefined)
})

test("the lease of a dead process spares nothing", async (context) => {
  const opened = await openTemporary(context)
  await opened.records.guard.startWriting(DEAD)
  await opened.store.blobs.put(bytes("abandoned"))
  assert.equal((await opened.collect()).removed.length, 1)
})

test("what killed processes have left is swept; what others may still need is not", async (context) => {
  const opened = await openTemporary(context)
  const { path, records } = opened
  await records.jobs.create(job(1), DEAD)
  await records.jobs.create(job(2, { state: "complete" }), DEAD)
  await records.jobs.create(job(3, { state: "complete" }), OWNER)
  const unreadable = { reason: "OUTPUT_UNREADABLE" as const, culprit: "platform" as const, message: "x", next: "x" }
  await records.jobs.create(job(4, { state: "failed", failure: unreadable }), DEAD)
  const folder = async (name: string, ageDays = 0): Promise<string> => {
    const place = join(path, name)
    await mkdir(place, { recursive: true })
    await writeFile(join(place, "file"), "12345")
    const timeS = Date.now() / 1000 - ageDays * 24 * 3600
    await utimes(place, timeS, timeS)
    return place
  }
  const over = [
    await folder(`tmp/${processName(DEAD)}`),
    await folder(`tmp/${processName(UNSEEN)}`, 8),
    await folder(`trash/${processName(DEAD)}.0123abcd`),
    await folder(`work/${jobId(2)}`),
    await folder(`work/${jobId(9)}`, 1),
  ]
  const needed = [
    await folder(`tmp/${processName(OWNER)}`, 8),
    await folder(`tmp/${processName({ ...UNSEEN, pid: 7 })}`, 6),
    await folder("tmp/somebody's", 100),
    await folder(`work/${jobId(1)}`),
    await folder(`work/${jobId(3)}`),
    await folder(`work/${jobId(4)}`),
    await folder(`work/${jobId(8)}`),
    await folder("work/somebody's", 100),
  ]
  const { removed, freedBytes } = await opened.collect()
  // In no order that matters: names begin with numbers that the kernel gives.
  const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : 1)
  assert.deepEqual(
    removed.toSorted(byName),
    over.map((name) => ({ kind: "leftover", name, sizeBytes: 5 })).toSorted(byName),
  )
  assert.equal(freedBytes, 25)
  for (const place of over) await assert.rejects(stat(place), { code: "ENOENT" })
  for (const place of needed) await stat(place)
})

test("the folder of a shell that is open for long has no record, and is needed until its process ends its lease", async (context) => {
  const opened = await openTemporary(context)
  const shell = join(opened.path, "work", jobId(7))
  const abandoned = join(opened.path, "work", jobId(6))
  for (const place of [shell, abandoned]) await mkdir(place, { recursive: true })
  const backdated = (place: string, hours: number): Promise<void> =>
    utimes(place, Date.now() / 1000 - hours * 3600, Date.now() / 1000 - hours * 3600)
  await backdated(shell, 2)
  await backdated(abandoned, 9)
  await opened.records.guard.startWriting(DEAD)
  const lease = await opened.records.guard.startWriting(OWNER)
  await olderLeases(opened.path, 3)
  const names = async (): Promise<readonly string[]> => (await opened.collect()).removed.map(({ name }) => name)
  assert.deepEqual(await names(), [abandoned])
  await lease.end()
  assert.deepEqual(await names(), [shell])
})

/** Makes it look as if all leases had been taken some hours ago. */
async function olderLeases(path: string, hours: number): Promise<void> {
  const { DatabaseSync } = await import("node:sqlite")
  const database = new DatabaseSync(join(path, "records.db"))
  database.prepare("UPDATE write_leases SET since_ms = since_ms - ?").run(hours * 3_600_000)
  database.close()
}

test("what a killed collection had set aside is there for readers, and the next collection puts it back", async (context) => {
  const opened = await openTemporary(context, { form: "tree" })
  const { path, store, records } = opened
  const digest = await withJob(opened, 1, "wanted")
  const root = smallRoot("wanted")
  await putRoot(opened, root)
  await records.gears.putGear(gear(1, { tree: root.tree }))
  const { digest: garbage } = await store.blobs.put(bytes("garbage"))
  const trash = join(path, "trash", `${processName(DEAD)}.0123abcd`)
  await mkdir(join(trash, "blobs"), { recursive: true })
  await mkdir(join(trash, "roots"))
  for (const name of [digest, garbage]) {
    await rename((await store.blobs.locate(name)) ?? "", join(trash, "blobs", name.slice(7)))
  }
  await rename(join(path, "roots", root.tree.slice(7)), join(trash, "roots", root.tree.slice(7)))
  assert.equal(await store.blobs.locate(digest), join(trash, "blobs", digest.slice(7)))
  assert.deepEqual(await read(store.blobs.get(digest)), "wanted")
  assert.equal((await store.roots.stat(root.tree))?.path, join(trash, "roots", root.tree.slice(7), "tree"))
  assert.deepEqual(await opened.check(), [])
  const { removed } = await opened.collect()
  assert.deepEqual(
    removed.map(({ kind }) => kind),
    ["blob", "leftover"],
  )
  assert.equal(await store.blobs.locate(digest), join(path, "blobs/sha256", digest.slice(7, 9), digest.slice(7)))
  assert.equal((await store.roots.stat(root.tree))?.path, join(path, "roots", root.tree.slice(7), "tree"))
  assert.equal(await store.blobs.stat(garbage), undefined)
})

test("what is removed while it lies in the trash is gone", async (context) => {
  const { path, store } = await openTemporary(context, { form: "tree" })
  const { digest } = await store.blobs.put(bytes("x"))
  const trash = join(path, "trash", `${processName(DEAD)}.0123abcd`)
  await mkdir(join(trash, "blobs"), { recursive: true })
  await rename((await store.blobs.locate(digest)) ?? "", join(trash, "blobs", digest.slice(7)))
  await store.blobs.remove(digest)
  assert.equal(await store.blobs.stat(digest), undefined)
})

test("collections at once take nothing from each other", async (context) => {
  const opened = await openTemporary(context)
  const kept = await withJob(opened, 1, "kept")
  for (let number = 0; number < 30; number++) await opened.store.blobs.put(bytes(`garbage ${number}`))
  const results = await Promise.all([opened.collect(), opened.collect(), opened.collect()])
  const names = results.flatMap(({ removed }) => removed.map(({ name }) => name))
  assert.equal(names.length, 30)
  assert.equal(new Set(names).size, 30)
  assert.notEqual(await opened.store.blobs.stat(kept), undefined)
  assert.deepEqual(await opened.check(), [])
})

test("a check of a whole store finds nothing, and reads it all", async (context) => {
  const opened = await openTemporary(context, { form: "tree" })
  await withJob(opened, 1, "output")
  const root = smallRoot("x")
  await opened.records.gears.putGear(gear(1, { tree: root.tree }))
  await putRoot(opened, root)
  assert.deepEqual(await opened.check(), [])
})

test("a check finds damaged blobs and roots, strangers, and what records name and the store has not", async (context) => {
  const opened = await openTemporary(context, { form: "tree" })
  const { path, store, records } = opened
  const damaged = await withJob(opened, 1, "damaged")
  const missing = await withJob(opened, 2, "missing")
  const [broken, absent] = [smallRoot("broken"), smallRoot("absent")]
  await putRoot(opened, broken)
  for (const [number, root] of [broken, absent].entries()) {
    await records.gears.putGear(gear(number, { tree: root.tree }))
  }
  await rm((await store.blobs.locate(missing)) ?? "")
  await rewrite((await store.blobs.locate(damaged)) ?? "", "Damaged")
  await appendFile(join(path, "roots", broken.tree.slice(7), "tree", "greeting"), "!")
  await writeFile(join(path, "blobs/sha256/stranger"), "")
  await writeFile(join(path, "blobs/sha256", damaged.slice(7, 9), "stranger"), "")
  await mkdir(join(path, "roots/stranger"))
  const found = (await opened.check()).map(({ kind, message }) => `${kind}: ${message}`)
  const gearId = gear(1).id.slice(7, 19)
  assert.equal(found.length, 8)
  for (const finding of [
    /^damaged: Blob "sha256:\w+" is damaged: its 7 bytes have digest/,
    /^damaged: Root filesystem "sha256:\w+" is damaged: its entry "greeting" has other bytes/,
    new RegExp(`^missing: The root filesystem of gear "gear-1@1.0.0" \\(${gearId}\\) is not stored`),
    new RegExp(`^missing: Output "out" of job "${jobId(2)}" is not stored`),
  ]) {
    assert.equal(found.filter((line) => finding.test(line)).length, 1, `${finding} in\n${found.join("\n")}`)
  }
  assert.equal(found.filter((line) => /^stray: ".*stranger" does not belong to the store/.test(line)).length, 3)
  for (const { hint } of await opened.check()) assert.match(hint, /^(Remove it|Import it|It can be made)/)
})

test("a check finds a lost log", async (context) => {
  const opened = await openTemporary(context)
  const { digest } = await opened.store.blobs.put(bytes("log"))
  const log = { digest, sizeBytes: 3, lines: 1, droppedBytes: 0 }
  await opened.records.jobs.create(job(1, { state: "complete", log }), OWNER)
  assert.deepEqual(await opened.check(), [])
  await unlink((await opened.store.blobs.locate(digest)) ?? "")
  const [finding] = await opened.check()
  assert.equal(finding?.message, `The log of job "${jobId(1)}" is not stored`)
  assert.equal(finding?.hint, `It can be made again: gear replay ${jobId(1)}`)
})

test("a check of a store whose records are damaged tells that, and still reads the rest", async (context) => {
  const opened = await openTemporary(context)
  const damaged = await withJob(opened, 1, "damaged")
  await rewrite((await opened.store.blobs.locate(damaged)) ?? "", "Damaged")
  await opened.records.close()
  const file = await readFile(join(opened.path, "records.db"))
  file.fill(0x55, 4096, 8192)
  await writeFile(join(opened.path, "records.db"), file)
  const kinds = (await opened.check()).map(({ kind, message }) => `${kind} ${message.split(" ")[0]}`)
  assert.ok(kinds.includes("damaged Blob"))
  assert.ok(kinds.length > 1)
})

test("sizes are told by kind", async (context) => {
  const opened = await openTemporary(context, { form: "tree" })
  const { path, store } = opened
  const nothing = await storeSizes(store)
  assert.deepEqual(nothing.blobs, { count: 0, sizeBytes: 0 })
  assert.deepEqual(nothing.records, { sizeBytes: 0 })
  await withJob(opened, 1, "1234567")
  await store.blobs.put(bytes("123"))
  const root = await putRoot(opened, smallRoot("x"))
  await mkdir(join(path, "work", jobId(5)))
  await writeFile(join(path, "work", jobId(5), "file"), "12345")
  const { blobs, roots, records, unfinished } = await storeSizes(store)
  assert.deepEqual(blobs, { count: 2, sizeBytes: 10 })
  assert.deepEqual(roots, { count: 1, sizeBytes: root.storedBytes })
  assert.ok(records.sizeBytes > 4096)
  assert.deepEqual(unfinished, { sizeBytes: 5 })
})

/** Stores an output and the job that made it. */
async function withJob(opened: OpenedStore, number: number, text: string): Promise<Digest> {
  const { digest, sizeBytes } = await opened.store.blobs.put(bytes(text))
  const outputs = [{ path: "out", digest, sizeBytes }]
  await opened.records.jobs.create(job(number, { state: "complete", outputs }), OWNER)
  return digest
}

function putRoot(
  opened: OpenedStore,
  root: ReturnType<typeof smallRoot>,
): ReturnType<OpenedStore["store"]["roots"]["put"]> {
  return opened.store.roots.put(root.tree, { tar: root.tar(), listing: root.listing() })
}

async function rewrite(path: string, text: string): Promise<void> {
  await rm(path)
  await writeFile(path, text)
}

async function read(source: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of source) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
