import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { mkdir, mkdtemp, open, readFile, rm, stat, statfs, utimes, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { type FileDigest, openInputDigests } from "../../src/stores/filesystem/digests/input-digests.ts"
import { openStoreHome, type StoreHome } from "../../src/stores/filesystem/home/store-home.ts"

const MIB = 1024 * 1024
const BODY = Buffer.alloc(9 * MIB, "geartrain ")
const OTHER = Buffer.alloc(9 * MIB, "Geartrain ")

const { type } = await statfs(tmpdir())
const skip = [0xef53, 0x58465342, 0x9123683e].includes(type) ? false : `needs ext4, xfs or btrfs at ${tmpdir()}`

test("a large file that has not changed for a minute is read once", { skip }, async (context) => {
  const { path, digests } = await setUp(context)
  assert.deepEqual(await digests.later(path), digestOf(BODY, false))
  assert.deepEqual(await digests.later(path), digestOf(BODY, true))
})

test("one that changed within the last minute is not remembered, as it may change again unseen", {
  skip,
}, async (context) => {
  const { path, digests, home } = await setUp(context)
  assert.equal((await digests.now(path)).isRecalled, false)
  assert.equal((await digests.later(path)).isRecalled, false)
  await writeFile(path, OTHER)
  assert.deepEqual(await digests.now(path), digestOf(OTHER, false))
  assert.equal(await rememberedLines(home), 1)
})

test("one that was written to in its place is read, though its modification time was put back", {
  skip,
}, async (context) => {
  const { path, digests } = await setUp(context)
  await utimes(path, 1_600_000_000, 1_600_000_000)
  await digests.later(path)
  assert.equal((await digests.later(path)).isRecalled, true)
  const file = await open(path, "r+")
  await file.write("X", 4 * MIB)
  await file.close()
  await utimes(path, 1_600_000_000, 1_600_000_000)
  assert.equal((await stat(path)).mtimeMs, 1_600_000_000_000)
  const changed = Buffer.from(BODY)
  changed.write("X", 4 * MIB)
  assert.deepEqual(await digests.later(path), digestOf(changed, false))
})

test("another file in its place is read, and the old one under its new name too", { skip }, async (context) => {
  const { path, digests } = await setUp(context)
  await digests.later(path)
  await rm(path)
  await writeFile(path, OTHER)
  assert.deepEqual(await digests.later(path), digestOf(OTHER, false))
})

test("a file that changes while it is read is not remembered", { skip }, async (context) => {
  const { path, digests, home } = await setUp(context)
  const file = await open(path, "r+")
  try {
    const reading = digests.of(file)
    for (let n = 0; n < 50; n++) await file.write(OTHER, 0, MIB, 0)
    await reading
  } finally {
    await file.close()
  }
  assert.equal(await rememberedLines(home), 0)
})

test("small files, and files of memory file systems, are read each time", { skip }, async (context) => {
  const { path, digests, home } = await setUp(context)
  await writeFile(path, BODY.subarray(0, MIB))
  await digests.later(path)
  assert.deepEqual(await digests.later(path), digestOf(BODY.subarray(0, MIB), false))
  const shared = "/dev/shm/geartrain-input-digests.test"
  context.after(() => rm(shared, { force: true }))
  await writeFile(shared, BODY)
  await digests.later(shared)
  assert.equal((await digests.later(shared)).isRecalled, false)
  assert.equal(await rememberedLines(home), 0)
})

test("what is remembered and was damaged is not believed, and written anew", { skip }, async (context) => {
  const { path, digests, home } = await setUp(context)
  await digests.later(path)
  const whole = await readFile(home.layout.inputDigests)
  const lie = whole.toString("latin1").replace(/sha256:[0-9a-f]{64}\n$/, `sha256:${"0".repeat(64)}\n`)
  for (const damaged of [lie, "", "x", whole.subarray(0, -3), Buffer.alloc(2 * MIB)]) {
    await writeFile(home.layout.inputDigests, damaged)
    assert.deepEqual(await digests.later(path), digestOf(BODY, false))
    assert.deepEqual(await readFile(home.layout.inputDigests), whole)
  }
  assert.equal((await digests.later(path)).isRecalled, true)
})

test("where nothing can be remembered, files are read and no more is said", { skip }, async (context) => {
  const { path, digests, home } = await setUp(context)
  await mkdir(home.layout.inputDigests, { recursive: true })
  await digests.later(path)
  assert.deepEqual(await digests.later(path), digestOf(BODY, false))
})

interface Opened {
  readonly path: string
  readonly home: StoreHome
  readonly digests: {
    /** As the clock is: the file was just made. */
    now(path: string): Promise<FileDigest>
    /** As if two minutes had gone by. */
    later(path: string): Promise<FileDigest>
    of(file: Awaited<ReturnType<typeof open>>): Promise<FileDigest>
  }
}

async function setUp(context: TestContext): Promise<Opened> {
  const folder = await mkdtemp(join(tmpdir(), "geartrain-digests-"))
  context.after(() => rm(folder, { recursive: true }))
  const path = join(folder, "input.bin")
  await writeFile(path, BODY)
  const home = await openStoreHome(join(folder, "home"))
  const soon = openInputDigests(home)
  const late = openInputDigests(home, () => Date.now() + 120_000)
  const reading = async (digests: typeof soon, at: string): Promise<FileDigest> => {
    const file = await open(at, "r")
    try {
      return await digests.digestOf(file)
    } finally {
      await file.close()
    }
  }
  return {
    path,
    home,
    digests: { now: (at) => reading(soon, at), later: (at) => reading(late, at), of: (file) => late.digestOf(file) },
  }
}

function digestOf(body: Uint8Array, isRecalled: boolean): FileDigest {
  return { digest: `sha256:${createHash("sha256").update(body).digest("hex")}`, sizeBytes: body.length, isRecalled }
}

async function rememberedLines(home: StoreHome): Promise<number> {
  try {
    return (await readFile(home.layout.inputDigests, "utf8")).split("\n").length - 2
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0
    throw error
  }
}
