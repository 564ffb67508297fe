import assert from "node:assert/strict"
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { blobStoreLaws, keepsLaws } from "@geartrain/ports/laws"
import { type Digest, isGeartrainError } from "@geartrain/spec"
import { chunks, digestOf, listed, openedBlobs } from "../../../../test/stores/opened-blobs.ts"
import { openStoreHome } from "../home/store-home.ts"
import { openBlobStore } from "./blob-store.ts"

keepsLaws(test, "filesystem", {
  laws: blobStoreLaws,
  open: async () => {
    const folder = await mkdtemp(join(tmpdir(), "geartrain-blobs-"))
    const home = await openStoreHome(join(folder, "home"))
    return {
      port: openBlobStore(home),
      close: async () => {
        await home.close()
        assert.deepEqual(await leftovers(folder), [], "nothing temporary is left")
        await rm(folder, { recursive: true, force: true })
      },
    }
  },
})

test("reading from a store that is not there yet makes nothing", async (context) => {
  const { folder, store } = await openedBlobs(context)
  assert.equal(await store.stat(digestOf("x")), undefined)
  assert.deepEqual(await listed(store), [])
  assert.equal(await store.locate(digestOf("x")), undefined)
  await store.remove(digestOf("x"))
  assert.deepEqual(await readdir(folder), [])
})

test("a store is for its owner alone, and a blob for nobody to write to", async (context) => {
  const { home, store } = await openedBlobs(context)
  const { digest } = await store.put(chunks("hello"))
  assert.equal((await stat(home)).mode & 0o777, 0o700)
  const path = await store.locate(digest)
  assert.equal(path, `${home}/blobs/sha256/${digest.slice(7, 9)}/${digest.slice(7)}`)
  assert.equal((await stat(path ?? "")).mode & 0o777, 0o444)
})

test("get of a damaged blob hands out its bytes and then fails", async (context) => {
  const { store } = await openedBlobs(context)
  const { digest } = await store.put(chunks("hello"))
  await damage((await store.locate(digest)) ?? "")
  const read: string[] = []
  await assert.rejects(
    async () => {
      for await (const piece of store.get(digest)) read.push(Buffer.from(piece).toString())
    },
    (error) =>
      isGeartrainError(error, "BLOB_DIGEST_MISMATCH") && /its bytes now have digest sha256:/.test(error.message),
  )
  assert.deepEqual(read, ["Hello"])
})

test("check finds damage, a blob cut short and absence, and nothing in a whole blob", async (context) => {
  const { store } = await openedBlobs(context)
  const { digest } = await store.put(chunks("hello"))
  assert.deepEqual(await store.check(digest), [])
  const path = (await store.locate(digest)) ?? ""
  await damage(path)
  assert.match((await store.check(digest))[0] ?? "", /is damaged: its 5 bytes have digest sha256:/)
  await rm(path)
  await writeFile(path, "hel")
  assert.match((await store.check(digest))[0] ?? "", /is damaged: its 3 bytes have digest sha256:/)
  await rm(path)
  assert.match((await store.check(digest))[0] ?? "", /is not stored/)
})

test("putting a damaged blob again mends it", async (context) => {
  const { store } = await openedBlobs(context)
  const { digest } = await store.put(chunks("hello"))
  await damage((await store.locate(digest)) ?? "")
  await store.put(chunks("hello"))
  assert.deepEqual(await store.check(digest), [])
})

test("putting what is held makes it look new, so that a collection spares it", async (context) => {
  const { store } = await openedBlobs(context)
  const { digest } = await store.put(chunks("hello"))
  const path = (await store.locate(digest)) ?? ""
  await utimes(path, 1, 1)
  await store.put(chunks("hello"))
  assert.ok((await stat(path)).mtimeMs > Date.now() - 60_000)
})

test("something that is no digest never becomes a path", async (context) => {
  const { store } = await openedBlobs(context)
  const hostile = "sha256:../../../../etc/passwd" as Digest
  await assert.rejects(store.stat(hostile), RangeError)
  await assert.rejects(store.remove(hostile), RangeError)
})

async function damage(path: string): Promise<void> {
  const bytes = await readFile(path)
  bytes.write("H")
  await rm(path)
  await writeFile(path, bytes)
}

async function leftovers(folder: string): Promise<readonly string[]> {
  const names = await readdir(join(folder, "home", "tmp")).catch(() => [])
  return names.filter((name) => name !== "")
}
