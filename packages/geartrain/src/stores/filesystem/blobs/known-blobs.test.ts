import assert from "node:assert/strict"
import { existsSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import type { Digest } from "@geartrain/spec"
import { folderOf } from "../../../../test/archive/upload-plan/folder-of.ts"
import { sha256 } from "../../../system/hash.ts"
import { lookAtOnce } from "../../../system/small-file.ts"
import { blobPath } from "../home/layout.ts"
import { openStoreHome, type StoreHome } from "../home/store-home.ts"
import { installBlob } from "./install-blob.ts"
import { KnownBlobs } from "./known-blobs.ts"

const TEXT = "the log of a job"
const DIGEST = sha256(Buffer.from(TEXT))

interface Opened {
  readonly folder: string
  readonly home: StoreHome
  readonly known: KnownBlobs
  /** Gives a text its place in the store. */
  readonly install: (text: string, digest?: Digest) => Promise<string>
  readonly write: (name: string, text: string) => string
}

async function opened(context: TestContext): Promise<Opened> {
  const folder = folderOf(context, {})
  const home = await openStoreHome(join(folder, "home"))
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const install = async (text: string, digest = sha256(Buffer.from(text))): Promise<string> => {
    await home.prepare()
    const path = await home.temporary()
    writeFileSync(path, text)
    await installBlob(home, path, digest)
    return blobPath(home.layout, digest)
  }
  return { folder, home, known: new KnownBlobs(home), install, write }
}

test("a blob gets its place whole, also where a damaged one was, and nothing is left where it came from", async (context) => {
  const { home, install } = await opened(context)
  const place = await install("damage", DIGEST)
  assert.equal(readFileSync(place, "utf8"), "damage")
  assert.equal(await install(TEXT), place)
  assert.equal(readFileSync(place, "utf8"), TEXT)
  await assert.rejects(installBlob(home, join(home.layout.home, "none"), DIGEST), { code: "ENOENT" })
})

test("a file whose bytes are stored is taken over, or kept, and the blob looks new to a collection", async (context) => {
  const { known, install, write } = await opened(context)
  const place = await install(TEXT)
  const { ino } = statSync(place)
  for (const keep of [true, false]) {
    utimesSync(place, 1, 1)
    const path = write("log", TEXT)
    assert.deepEqual(await known.adopt(path, { keep }), { digest: DIGEST, sizeBytes: TEXT.length })
    assert.equal(existsSync(path), keep)
    assert.ok(statSync(place).mtimeMs > 1000)
    assert.equal(statSync(place).ino, ino, "it is the same file still")
  }
})

test("what is not stored, or is no regular file, or is longer than it may be, is left as it is", async (context) => {
  const { folder, known, install, write } = await opened(context)
  await install(TEXT)
  const path = write("log", TEXT)
  symlinkSync("log", join(folder, "link"))
  assert.equal(await known.adopt(write("new", "another"), {}), undefined)
  assert.equal(await known.adopt(join(folder, "link"), {}), undefined)
  assert.equal(await known.adopt(join(folder, "none"), {}), undefined)
  assert.equal(await known.adopt(folder, {}), undefined)
  assert.equal(await known.adopt(path, { maxBytes: TEXT.length - 1 }), undefined)
  assert.equal(readFileSync(path, "utf8"), TEXT)
  assert.notEqual(await known.adopt(path, { maxBytes: TEXT.length }), undefined)
})

test("files up to 64 KiB are compared, and none that is longer, whatever may be stored", async (context) => {
  const { known, install, write } = await opened(context)
  for (const [sizeBytes, isKnown] of [
    [0, true],
    [64 * 1024, true],
    [64 * 1024 + 1, false],
  ] as const) {
    const text = "x".repeat(sizeBytes)
    await install(text)
    const found = await known.adopt(write("log", text), { maxBytes: 1024 * 1024 })
    assert.equal(found !== undefined, isKnown, `${sizeBytes}`)
  }
})

test("a stored blob that was damaged or has gone is not believed, also where it was known before", async (context) => {
  const { known, install, write } = await opened(context)
  const place = await install(TEXT)
  const stats = lookAtOnce(place)
  assert.ok(stats !== undefined)
  known.note({ digest: DIGEST, sizeBytes: TEXT.length }, stats)
  for (const damage of ["x".repeat(TEXT.length), TEXT.slice(1), `${TEXT}x`]) {
    writeFileSync(place, damage)
    assert.equal(await known.adopt(write("log", TEXT), {}), undefined, damage)
  }
  rmSync(place)
  assert.equal(await known.adopt(write("log", TEXT), {}), undefined)
})
