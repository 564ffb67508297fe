import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { randomBytes } from "node:crypto"
import { chmod, copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { type ErrorCode, isGeartrainError } from "@geartrain/spec"
import { nodeAsNobody } from "../programs/as-nobody.ts"
import { bytes, type OpenedStore, openWhole } from "./opened-store.ts"
import { gear, job, jobId, OWNER } from "./records/sample-records.ts"
import { smallRoot } from "./small-root.ts"

const skip = process.getuid?.() === 0 ? false : "needs root"
const MEBIBYTE = 1024 * 1024

test("on a full disk a blob is refused with what to do, and nothing is left of it", { skip }, async (context) => {
  const opened = await openOnDisk(context, 4)
  const { store } = opened
  const small = await store.blobs.put(bytes("small"))
  const refused = store.blobs.put(noise(8 * MEBIBYTE))
  await assert.rejects(refused, (error) => {
    assert.ok(isGeartrainError(error, "STORE_FULL"))
    assert.equal(error.message, `Cannot store blob in "${opened.path}": the disk is full`)
    assert.equal(error.hint, "Free some space, for instance with: gear store gc")
    return true
  })
  assert.deepEqual(await temporaries(opened), [])
  assert.deepEqual(await opened.check(), [])
  assert.equal((await store.blobs.put(noise(1 * MEBIBYTE))).sizeBytes, MEBIBYTE, "there is room again")
  assert.notEqual(await store.blobs.stat(small.digest), undefined)
})

test("a file of another disk that does not fit is refused, and stays where it is", { skip }, async (context) => {
  const opened = await openOnDisk(context, 4)
  const path = join(await temporaryFolder(context), "output")
  await writeFile(path, noise(8 * MEBIBYTE))
  await assert.rejects(opened.store.blobs.adopt(path), coded("STORE_FULL"))
  await writeFile(path, noise(1 * MEBIBYTE))
  assert.equal((await opened.store.blobs.adopt(path)).sizeBytes, MEBIBYTE, "one that fits is copied over")
  await assert.rejects(copyFile(path, `${path}.copy`), { code: "ENOENT" })
  assert.deepEqual(await temporaries(opened), [])
})

for (const form of ["squashfs", "tree"] as const) {
  test(`a ${form} that does not fit is refused, and nothing is left of it`, { skip }, async (context) => {
    const opened = await openOnDisk(context, 4, form)
    const large = largeRoot()
    const put = opened.store.roots.put(large.tree, { tar: large.tar(), listing: large.listing() })
    await assert.rejects(put, coded("STORE_FULL"))
    assert.equal(await opened.store.roots.stat(large.tree), undefined)
    assert.deepEqual(await temporaries(opened), [])
    assert.deepEqual(await opened.check(), [])
  })
}

test("records that do not fit are refused whole, and taken when there is room again", { skip }, async (context) => {
  const opened = await openOnDisk(context, 4)
  await opened.records.jobs.create(job(1), OWNER)
  const filler = join(opened.path, "..", "filler")
  await writeFile(filler, noise(8 * MEBIBYTE)).catch(() => {})
  const outputs = Array.from({ length: 2000 }, (_, index) => ({
    path: `${index}`.repeat(50),
    digest: gear(index).id,
    sizeBytes: 1,
  }))
  const refused = opened.records.jobs.update(job(1, { state: "complete", outputs }), "running")
  await assert.rejects(refused, coded("STORE_FULL"))
  assert.equal((await opened.records.jobs.get(jobId(1)))?.state, "running")
  await rm(filler)
  assert.equal(await opened.records.jobs.update(job(1, { state: "complete", outputs }), "running"), true)
  assert.deepEqual(await opened.records.check(), [])
})

test("a store on a read-only disk is read like any other, and refuses to be written to", { skip }, async (context) => {
  const opened = await openOnDisk(context, 64, "tree")
  const { digest } = await opened.store.blobs.put(bytes("kept"))
  const root = smallRoot("kept")
  await opened.store.roots.put(root.tree, { tar: root.tar(), listing: root.listing() })
  await opened.records.gears.putGear(gear(1, { tree: root.tree }))
  await opened.records.jobs.create(
    job(1, { state: "complete", outputs: [{ path: "out", digest, sizeBytes: 4 }] }),
    OWNER,
  )
  await opened.close()
  execFileSync("mount", ["-o", "remount,ro", join(opened.path, "..")])
  const again = await openWhole(opened.path)
  context.after(() => again.close())
  assert.equal((await again.records.jobs.list({})).length, 1)
  assert.equal((await again.records.jobs.get(jobId(1)))?.outputs[0]?.digest, digest)
  assert.equal((await again.store.roots.stat(root.tree))?.form, "tree")
  assert.deepEqual(await again.check(), [])
  assert.deepEqual((await again.collect({ dryRun: true })).removed, [])
  const readOnly = coded("STORE_READ_ONLY")
  await assert.rejects(again.store.blobs.put(bytes("more")), readOnly)
  const other = smallRoot("more")
  await assert.rejects(again.store.roots.put(other.tree, { tar: other.tar(), listing: other.listing() }), readOnly)
  await assert.rejects(again.store.blobs.remove(digest), readOnly)
  await assert.rejects(again.store.roots.remove(root.tree), readOnly)
  await assert.rejects(again.records.jobs.remove(jobId(1)), readOnly)
  await assert.rejects(again.records.guard.startWriting(OWNER), readOnly)
  await assert.rejects(again.collect(), readOnly)
  const outside = join(await temporaryFolder(context), "output")
  await writeFile(outside, "x")
  await assert.rejects(again.store.blobs.adopt(outside), readOnly)
})

for (const lost of ["nothing", "the shared memory"] as const) {
  test(`on a read-only disk, records of a killed process that lost ${lost} are read to the last`, {
    skip,
  }, async (context) => {
    const opened = await openOnDisk(context, 64)
    await opened.records.jobs.create(job(1), OWNER)
    await opened.records.jobs.create(job(2), OWNER)
    const copy = join(opened.path, "..", "copy")
    await mkdir(copy)
    // As a kill leaves them: the log beside the database.
    await opened.store.home.prepare()
    execFileSync("cp", ["-a", `${opened.path}/.`, copy])
    await opened.close()
    if (lost === "the shared memory") await rm(join(copy, "records.db-shm"))
    execFileSync("mount", ["-o", "remount,ro", join(opened.path, "..")])
    const again = await openWhole(copy)
    context.after(() => again.close())
    assert.equal((await again.records.jobs.list({})).length, 2)
    await assert.rejects(again.records.jobs.create(job(3), OWNER), coded("STORE_READ_ONLY"))
  })
}

test("a store that is not there and cannot be made is empty to read, and refuses to be written to", {
  skip,
}, async (context) => {
  const opened = await openOnDisk(context, 4)
  execFileSync("mount", ["-o", "remount,ro", join(opened.path, "..")])
  assert.deepEqual(await opened.records.jobs.list({}), [])
  assert.equal(await opened.store.blobs.stat(gear(1).id), undefined)
  await assert.rejects(opened.store.blobs.put(bytes("x")), coded("STORE_READ_ONLY"))
  await assert.rejects(opened.records.jobs.create(job(1), OWNER), coded("STORE_READ_ONLY"))
})

test("a folder that somebody else uses is refused, before anything is written to it", async (context) => {
  const folder = await temporaryFolder(context)
  await writeFile(join(folder, "thesis.tex"), "")
  await assert.rejects(openWhole(folder), (error) => {
    assert.ok(isGeartrainError(error, "STORE_FOREIGN"))
    assert.equal(error.message, `Cannot use "${folder}" as a store: it holds "thesis.tex" and no VERSION`)
    return true
  })
  assert.deepEqual(await readdir(folder), ["thesis.tex"])
})

test("a store that a newer program laid out is refused by number, and one without a number as damaged", async (context) => {
  const folder = await temporaryFolder(context)
  await writeFile(join(folder, "VERSION"), "2\n")
  await assert.rejects(openWhole(folder), (error) => {
    assert.ok(isGeartrainError(error, "STORE_TOO_NEW"))
    assert.equal(
      error.message,
      `Cannot open store "${folder}": it has layout 2, and this program knows layouts up to 1`,
    )
    return true
  })
  await writeFile(join(folder, "VERSION"), "one\n")
  await assert.rejects(openWhole(folder), coded("STORE_DAMAGED"))
})

test("a store that was being made when its maker was killed is made to the end", async (context) => {
  const folder = await temporaryFolder(context)
  await mkdir(join(folder, "blobs"))
  await writeFile(join(folder, "VERSION.0123456789ab.tmp"), "")
  const opened = await openWhole(folder)
  await opened.store.blobs.put(bytes("x"))
  await opened.close()
  await (await openWhole(folder)).close()
})

test("a folder that may not be written to is told as such, to an ordinary user", { skip }, async (context) => {
  const folder = await temporaryFolder(context)
  await chmod(folder, 0o755)
  const act = new URL("acts/put-blob-act.ts", import.meta.url).pathname
  const said = nodeAsNobody(act, join(folder, "home"))
  assert.equal(said, `STORE_READ_ONLY Cannot make store "${folder}/home": you may not write there`)
})

function coded(code: ErrorCode): (error: unknown) => boolean {
  return (error) => {
    assert.ok(isGeartrainError(error, code), String(error))
    return true
  }
}

/** Opens a store on a disk of its own, of so many MiB. */
async function openOnDisk(
  context: TestContext,
  mebibytes: number,
  form: "squashfs" | "tree" = "tree",
): Promise<OpenedStore> {
  const disk = await mkdtemp(join(tmpdir(), "geartrain-disk-"))
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${mebibytes}m`, "none", disk])
  const opened = await openWhole(join(disk, "home"), { form })
  // Hooks run in their order, and nothing may be open when the disk goes.
  context.after(() => opened.close())
  context.after(async () => {
    execFileSync("umount", ["--lazy", disk])
    await rm(disk, { recursive: true, force: true })
  })
  return opened
}

async function temporaryFolder(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "geartrain-unlucky-"))
  context.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

async function temporaries(opened: OpenedStore): Promise<readonly string[]> {
  const names: string[] = []
  for (const process of await readdir(join(opened.path, "tmp"))) {
    names.push(...(await readdir(join(opened.path, "tmp", process))))
  }
  return names
}

/** Bytes that cannot be packed. */
async function* noise(sizeBytes: number): AsyncGenerator<Uint8Array> {
  for (let left = sizeBytes; left > 0; left -= 65_536) yield randomBytes(Math.min(left, 65_536))
}

function largeRoot(): ReturnType<typeof smallRoot> {
  return smallRoot(randomBytes(8 * MEBIBYTE).toString("latin1"))
}
