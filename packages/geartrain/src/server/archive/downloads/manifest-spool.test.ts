import assert from "node:assert/strict"
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { openManifest } from "./manifest-spool.ts"

async function folderOf(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "geartrain-manifest-"))
  context.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of bytes) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

test("lines come back in their order, more of them than are gathered at once, and as often as asked", async (context) => {
  const spool = await openManifest(await folderOf(context))
  assert.equal(await textOf(spool.bytes()), "")
  let all = ""
  for (let n = 0; n < 3; n++) {
    for (const line of [`${"ä".repeat(40_000)}\n`, "\n", "", `${n}\n`]) {
      await spool.add(line)
      all += line
      assert.equal(spool.sizeBytes, Buffer.byteLength(all))
    }
    assert.equal(await textOf(spool.bytes()), all)
  }
  assert.equal(await textOf(spool.bytes()), all)
  await spool.close()
})

test("nothing of it stands in the folder, not even while it is open", async (context) => {
  const folder = join(await folderOf(context), "made", "on the way")
  const spool = await openManifest(folder)
  await spool.add("a".repeat(100_000))
  assert.deepEqual(await readdir(folder), [])
  await spool.close()
})

test("chunks that were given out are not written over by those that follow", async (context) => {
  const spool = await openManifest(await folderOf(context))
  await spool.add("a".repeat(64 * 1024))
  await spool.add("b".repeat(64 * 1024))
  const chunks: Uint8Array[] = []
  for await (const chunk of spool.bytes()) chunks.push(chunk)
  assert.deepEqual(
    chunks.map((chunk) => String.fromCharCode(chunk[0] ?? 0)),
    ["a", "b"],
  )
  await spool.close()
})

test("a folder that cannot be made fails the download, and not later", async (context) => {
  const folder = await folderOf(context)
  await writeFile(join(folder, "file"), "")
  await assert.rejects(openManifest(join(folder, "file", "below")), { code: "ENOTDIR" })
})
