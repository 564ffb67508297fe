import assert from "node:assert/strict"
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { checkRoot } from "./check-root.ts"
import { fileBody } from "./file-body.ts"
import { encodeRootFacts, hashRootFiles, type RootFacts, readRootFacts, storedBytes } from "./root-folder.ts"
import { createSkeleton, readSkeleton } from "./skeleton-file.ts"

const TREE = `sha256:${"1".repeat(64)}` as const
const OTHER = `sha256:${"3".repeat(64)}` as const
const FACTS: RootFacts = {
  form: "squashfs",
  files: {
    listing: { digest: TREE, sizeBytes: 3 },
    "root.sqfs": { digest: `sha256:${"2".repeat(64)}`, sizeBytes: 4 },
  },
  treeBytes: 0,
  trueOwners: true,
}

test("what root.json says reads as it was written", async (context) => {
  const folder = await temporaryFolder(context)
  await writeFile(`${folder}/root.json`, encodeRootFacts(TREE, FACTS))
  assert.deepEqual(await readRootFacts(folder, TREE), FACTS)
  assert.equal(storedBytes(FACTS), 7)
  assert.equal(storedBytes({ ...FACTS, treeBytes: 10 }), 17)
})

test("no byte of root.json can change without being noticed", async (context) => {
  const folder = await temporaryFolder(context)
  const whole = Buffer.from(encodeRootFacts(TREE, FACTS))
  const silent: number[] = []
  for (let at = 0; at < whole.length; at++) {
    const damaged = Buffer.from(whole)
    damaged[at] = (damaged[at] ?? 0) ^ 1
    await writeFile(`${folder}/root.json`, damaged)
    const facts = await readRootFacts(folder, TREE).catch((error: unknown) => {
      assert.ok(isGeartrainError(error, "ROOT_DAMAGED"))
      return undefined
    })
    // A digest or size that is still one is told by the check of the file that it is about.
    if (facts !== undefined && (await checkRoot(folder, TREE, facts)).length === 0) silent.push(at)
  }
  assert.deepEqual(silent, [])
})

test("a root that is not there is none, and one without root.json is damaged", async (context) => {
  const folder = await temporaryFolder(context)
  assert.equal(await readRootFacts(`${folder}/none`, TREE), undefined)
  await assert.rejects(readRootFacts(folder, TREE), (error) => {
    assert.ok(isGeartrainError(error, "ROOT_DAMAGED"))
    assert.equal(error.message, `Cannot use root filesystem "${TREE}": its root.json is missing`)
    return true
  })
})

test("the root.json of another tree is damage", async (context) => {
  const folder = await temporaryFolder(context)
  await writeFile(`${folder}/root.json`, encodeRootFacts(OTHER, FACTS))
  await assert.rejects(readRootFacts(folder, TREE), (error) => isGeartrainError(error, "ROOT_DAMAGED"))
})

test("files are hashed by name", async (context) => {
  const folder = await temporaryFolder(context)
  await writeFile(`${folder}/listing`, "abc")
  const digest = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
  assert.deepEqual(await hashRootFiles(folder, ["listing"]), { listing: { digest, sizeBytes: 3 } })
})

test("a skeleton gives back what was written to it", async (context) => {
  const path = `${await temporaryFolder(context)}/skeleton.zst`
  const skeleton = createSkeleton(path)
  const buffer = Buffer.alloc(100_000)
  for (const value of [1, 2, 3, 4, 5]) await skeleton.write(buffer.fill(value))
  await skeleton.close()
  const read = await all(readSkeleton(path))
  assert.equal(read.length, 500_000)
  for (const value of [1, 2, 3, 4, 5]) assert.equal(read[value * 100_000 - 1], value)
  assert.ok((await readFile(path)).length < 1000)
})

test("an empty skeleton reads as nothing, and one that was broken off may be removed", async (context) => {
  const folder = await temporaryFolder(context)
  const empty = createSkeleton(`${folder}/empty`)
  await empty.close()
  assert.equal((await all(readSkeleton(`${folder}/empty`))).length, 0)
  const broken = createSkeleton(`${folder}/broken`)
  await broken.write(Buffer.alloc(10))
  await broken.abort()
})

test("a file is read to its end, small or large, and is never a link", async (context) => {
  const folder = await temporaryFolder(context)
  for (const sizeBytes of [0, 1, 131_072, 131_073, 3_000_000]) {
    await writeFile(`${folder}/file`, Buffer.alloc(sizeBytes, 7))
    assert.equal((await all(fileBody(`${folder}/file`, sizeBytes))).length, sizeBytes)
    assert.equal((await all(fileBody(`${folder}/file`, sizeBytes + 1))).length, sizeBytes, "shorter than it should be")
    if (sizeBytes > 0) {
      const longer = (await all(fileBody(`${folder}/file`, sizeBytes - 1))).length
      assert.ok(longer >= sizeBytes, "longer than it should be")
    }
  }
  await symlink("/etc/passwd", `${folder}/link`)
  await assert.rejects(all(fileBody(`${folder}/link`, 10)), { code: "ELOOP" })
  await assert.rejects(all(fileBody(`${folder}/link`, 1_000_000)), { code: "ELOOP" })
})

async function all(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const piece of pieces) chunks.push(piece)
  return Buffer.concat(chunks)
}

async function temporaryFolder(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "geartrain-root-"))
  context.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}
