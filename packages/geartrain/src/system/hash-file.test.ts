import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { open } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { hashOpenFile } from "./hash-file.ts"

const folder = mkdtempSync(join(tmpdir(), "geartrain-hash-"))
after(() => rmSync(folder, { recursive: true, force: true }))

const MIB = 1024 * 1024

async function hashOf(bytes: Uint8Array, signal?: AbortSignal) {
  const path = join(folder, "file")
  writeFileSync(path, bytes)
  await using file = await open(path)
  return await hashOpenFile(file, signal)
}

test("files of every size around the size of a read have the digest of their bytes", async () => {
  for (const sizeBytes of [0, 1, MIB - 1, MIB, MIB + 1, 2 * MIB]) {
    const bytes = Buffer.alloc(sizeBytes, `${sizeBytes}`)
    const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`
    assert.deepEqual(await hashOf(bytes), { digest, sizeBytes })
  }
})

test("a file that was read from already is hashed from its beginning", async () => {
  const path = join(folder, "again")
  writeFileSync(path, "abc")
  await using file = await open(path)
  await file.read(Buffer.alloc(2), 0, 2)
  const first = await hashOpenFile(file)
  assert.deepEqual(await hashOpenFile(file), first)
  assert.equal(first.sizeBytes, 3)
})

test("hashing ends when it is told to", async () => {
  const reason = new Error("enough")
  await assert.rejects(hashOf(Buffer.alloc(10), AbortSignal.abort(reason)), reason)
})
