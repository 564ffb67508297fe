import assert from "node:assert/strict"
import { link, lstat, mkdir, open, readFile, rm, stat, symlink, utimes, writeFile } from "node:fs/promises"
import { createServer } from "node:net"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { chunks, digestOf, listed, openedBlobs } from "../../../../test/stores/opened-blobs.ts"
import { runProcess } from "../../../system/process.ts"

test("adopt takes a file over: it is gone from its place, whole in the store, and read-only", async (context) => {
  const { folder, store } = await openedBlobs(context)
  const path = await file(folder, "output")
  const { ino } = await stat(path)
  await utimes(path, 1, 1)
  const descriptor = await store.adopt(path)
  assert.deepEqual(descriptor, { digest: digestOf("output"), sizeBytes: 6 })
  await assert.rejects(stat(path), { code: "ENOENT" })
  const stored = await stat((await store.locate(descriptor.digest)) ?? "")
  assert.equal(stored.ino, ino, "it was renamed, not copied")
  assert.equal(stored.mode & 0o7777, 0o444)
  assert.ok(stored.mtimeMs > Date.now() - 60_000, "it looks new to a collection")
})

test("adopt of a file that is held already leaves one blob and no file", async (context) => {
  const { folder, store } = await openedBlobs(context)
  await store.put(chunks("output"))
  const path = await file(folder, "output")
  await store.adopt(path)
  await assert.rejects(stat(path), { code: "ENOENT" })
  assert.deepEqual(await listed(store), [{ digest: digestOf("output"), sizeBytes: 6 }])
})

test("adopt copies a file that has another name, so that nobody can write to the blob", async (context) => {
  const { folder, store } = await openedBlobs(context)
  const path = await file(folder, "output")
  await link(path, `${folder}/other`)
  const { digest } = await store.adopt(path)
  await assert.rejects(stat(path), { code: "ENOENT" })
  await writeFile(`${folder}/other`, "changed")
  assert.deepEqual(await store.check(digest), [])
})

test("adopt may keep the file as another name of the blob, and adopts it again after a kill without copying", async (context) => {
  const { folder, store } = await openedBlobs(context)
  const path = await file(folder, "output")
  for (const keep of [true, true, false]) {
    const { digest } = await store.adopt(path, { keep })
    assert.equal(digest, digestOf("output"))
    const stored = await stat((await store.locate(digest)) ?? "")
    assert.equal(stored.nlink, keep ? 2 : 1)
    assert.equal(stored.mode & 0o7777, 0o444)
    if (keep) assert.equal((await stat(path)).ino, stored.ino)
  }
  await assert.rejects(stat(path), { code: "ENOENT" })
  assert.deepEqual(await store.check(digestOf("output")), [])
})

test("adopt that keeps a file with another name keeps that, and copies", async (context) => {
  const { folder, store } = await openedBlobs(context)
  const path = await file(folder, "output")
  await link(path, `${folder}/other`)
  const { digest } = await store.adopt(path, { keep: true })
  await writeFile(`${folder}/other`, "changed")
  assert.equal(await readFile(path, "utf8"), "changed")
  assert.deepEqual(await store.check(digest), [])
})

test("adopt refuses links, folders, pipes and sockets, and leaves them where they are", async (context) => {
  const { folder, store } = await openedBlobs(context)
  await symlink("/etc/shadow", `${folder}/link`)
  await mkdir(`${folder}/folder`)
  await runProcess(["mkfifo", `${folder}/pipe`])
  const server = createServer().listen(`${folder}/socket`)
  context.after(() => server.close())
  await new Promise((resolve) => server.once("listening", resolve))
  for (const name of ["link", "folder", "pipe", "socket"]) {
    await assert.rejects(store.adopt(`${folder}/${name}`), (error) => isGeartrainError(error, "FILE_NOT_REGULAR"), name)
    await lstat(`${folder}/${name}`)
  }
  await assert.rejects(store.adopt("/dev/null"), (error) => isGeartrainError(error, "FILE_NOT_REGULAR"))
})

test("adopt refuses a file over the limit unread, the holes of a sparse file counted", async (context) => {
  const { folder, store } = await openedBlobs(context)
  const sparse = await open(`${folder}/sparse`, "wx")
  await sparse.truncate(1024 ** 4)
  await sparse.close()
  await assert.rejects(
    store.adopt(`${folder}/sparse`, { maxBytes: 1024 ** 3 }),
    (error) =>
      isGeartrainError(error, "FILE_TOO_LARGE") &&
      error.message.endsWith("it has 1099511627776 bytes, and the limit is 1073741824"),
  )
  assert.equal((await stat(`${folder}/sparse`)).size, 1024 ** 4)
})

test("adopt takes a file of the very size of the limit", async (context) => {
  const { folder, store } = await openedBlobs(context)
  assert.equal((await store.adopt(await file(folder, "output"), { maxBytes: 6 })).sizeBytes, 6)
})

test("adopt refuses a file that changes while it is read, and leaves it", async (context) => {
  const { folder, store } = await openedBlobs(context)
  const path = await file(folder, Buffer.alloc(64 * 1024 * 1024))
  const writer = await open(path, "r+")
  context.after(() => writer.close())
  let writing = true
  const write = async (): Promise<void> => {
    while (writing) await writer.write("x", 0)
  }
  const written = write()
  await assert.rejects(store.adopt(path), (error) => isGeartrainError(error, "FILE_CHANGED"))
  writing = false
  await written
  assert.equal((await readFile(path)).length, 64 * 1024 * 1024)
})

test("adopt of a file that is not there fails as the disk does", async (context) => {
  const { folder, store } = await openedBlobs(context)
  await assert.rejects(store.adopt(`${folder}/none`), { code: "ENOENT" })
})

async function file(folder: string, bytes: string | Uint8Array, name = "file"): Promise<string> {
  await writeFile(`${folder}/${name}`, bytes)
  return `${folder}/${name}`
}

test("adopt of what this process stored before compares it, and mends or stores it again where it is not what it was", async (context) => {
  const { folder, store } = await openedBlobs(context)
  const first = await store.adopt(await file(folder, "output"))
  const place = (await store.locate(first.digest)) ?? ""
  const { ino } = await stat(place)
  await utimes(place, 1, 1)
  const again = await file(folder, "output", "again")
  assert.deepEqual(await store.adopt(again, { keep: true }), first)
  const [kept, stored] = [await stat(again), await stat(place)]
  assert.deepEqual([kept.nlink, stored.nlink, stored.ino], [1, 1, ino], "it stays a file of its own")
  assert.ok(stored.mtimeMs > Date.now() - 60_000, "it looks new to a collection")
  await store.adopt(again)
  await assert.rejects(stat(again), { code: "ENOENT" })
  await assert.rejects(store.adopt(await file(folder, "output", "long"), { maxBytes: 5 }), { code: "FILE_TOO_LARGE" })
  await rm(place)
  await writeFile(place, "damage")
  await store.adopt(await file(folder, "output", "mends"))
  assert.deepEqual(await store.check(first.digest), [])
  await store.remove?.(first.digest)
  await store.adopt(await file(folder, "output", "stores"))
  assert.deepEqual(await store.check(first.digest), [])
})
