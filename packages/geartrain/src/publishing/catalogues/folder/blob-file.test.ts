import assert from "node:assert/strict"
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { test } from "node:test"
import type { Digest } from "@geartrain/spec"
import { folderOf } from "../../../../test/archive/upload-plan/folder-of.ts"
import { sha256 } from "../../../system/hash.ts"
import { damagedBlob, hasBlob, readBlobFile, writeBlobFile } from "./blob-file.ts"
import { writeDescriptor } from "./descriptor-file.ts"
import { writeLayoutIndex } from "./layout-index.ts"
import { type Shelf, shelfOf } from "./shelf.ts"

const TEXT = "some bytes"
const DIGEST = sha256(Buffer.from(TEXT))
const BLOB = { digest: DIGEST, sizeBytes: TEXT.length }

async function* chunksOf(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text)
}

async function textOf(path: string, blob: { readonly digest: Digest; readonly sizeBytes: number }): Promise<string> {
  const pieces: Uint8Array[] = []
  for await (const piece of readBlobFile(path, blob)) pieces.push(piece)
  return Buffer.concat(pieces).toString("utf8")
}

test("a blob is read as it was written, in folders that were made for it, with nothing beside it", async (context) => {
  const path = join(folderOf(context, {}), "g/blobs/sha256/x")
  assert.ok(!hasBlob(path, TEXT.length))
  await writeBlobFile(path, DIGEST, chunksOf("some ", "bytes"))
  assert.ok(hasBlob(path, TEXT.length) && !hasBlob(path, TEXT.length + 1))
  assert.equal(await textOf(path, BLOB), TEXT)
  assert.deepEqual(readdirSync(dirname(path)), ["x"])
  await writeBlobFile(path, DIGEST, chunksOf(TEXT))
  assert.equal(await textOf(path, BLOB), TEXT)
})

test("bytes with another digest, and a source that breaks, leave what was there before", async (context) => {
  const folder = folderOf(context, { old: "old" })
  for (const name of ["old", "new"]) {
    const path = join(folder, name)
    await assert.rejects(writeBlobFile(path, DIGEST, chunksOf("others")), {
      code: "BLOB_DIGEST_MISMATCH",
      details: { expected: DIGEST, found: sha256(Buffer.from("others")) },
    })
    const broken = (async function* () {
      yield Buffer.from("some ")
      throw new Error("broken")
    })()
    await assert.rejects(writeBlobFile(path, DIGEST, broken), new Error("broken"))
  }
  assert.deepEqual(readdirSync(folder), ["old"])
  assert.equal(readFileSync(join(folder, "old"), "utf8"), "old")
})

test("a blob that is not what it should be is told by its size, its kind or its digest", async (context) => {
  const folder = folderOf(context, { short: "some", other: "same bytes", elsewhere: TEXT })
  mkdirSync(join(folder, "folder"))
  symlinkSync("elsewhere", join(folder, "link"))
  const damaged = (problem: string) => ({ code: "CATALOGUE_DAMAGED", message: damagedBlob(DIGEST, problem).message })
  await assert.rejects(textOf(join(folder, "none"), BLOB), { code: "BLOB_NOT_FOUND" })
  await assert.rejects(textOf(join(folder, "short"), BLOB), damaged("it has 4 bytes, and should have 10"))
  await assert.rejects(textOf(join(folder, "other"), BLOB), damaged("its bytes have another digest"))
  await assert.rejects(textOf(join(folder, "folder"), BLOB), damaged("it is no file"))
  await assert.rejects(textOf(join(folder, "link"), BLOB), damaged("it is no file"))
  assert.ok(!hasBlob(join(folder, "folder"), 0) && !hasBlob(join(folder, "link"), TEXT.length))
})

test("whoever stops reading is heard", async (context) => {
  const path = join(folderOf(context, { x: TEXT }), "x")
  const signal = AbortSignal.abort(new Error("stopped"))
  await assert.rejects(readBlobFile(path, BLOB, signal).next(), new Error("stopped"))
})

function descriptor(text: string) {
  return { mediaType: "text/plain", digest: sha256(Buffer.from(text)), sizeBytes: text.length }
}

function indexOf(shelf: Shelf): { readonly manifests: readonly object[] } {
  return JSON.parse(readFileSync(shelf.index, "utf8"))
}

test("an index lists tags by their names and then what refers to them, and follows them", async (context) => {
  const shelf = shelfOf(folderOf(context, {}), "brain")
  const subject = descriptor("subject")
  mkdirSync(shelf.tags, { recursive: true })
  await writeLayoutIndex(shelf)
  assert.deepEqual(JSON.parse(readFileSync(shelf.layout, "utf8")), { imageLayoutVersion: "1.0.0" })
  assert.deepEqual(indexOf(shelf).manifests, [])
  for (const tag of ["v2", "v10"]) await writeDescriptor(`${shelf.tags}/${tag}`, descriptor(tag), { onlyNew: true })
  const referrers = shelf.referrers(subject.digest)
  mkdirSync(referrers, { recursive: true })
  await writeDescriptor(`${referrers}/x`, descriptor("signature"), { onlyNew: true })
  writeFileSync(`${referrers}/y.abc.tmp`, "half")
  await writeLayoutIndex(shelf)
  const oci = (text: string) => ({ mediaType: "text/plain", digest: descriptor(text).digest, size: text.length })
  const tagged = (tag: string) => ({ ...oci(tag), annotations: { "org.opencontainers.image.ref.name": tag } })
  assert.deepEqual(indexOf(shelf), {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: [tagged("v10"), tagged("v2"), oci("signature")],
  })
})

test("writers of an index at once leave one that has seen everything", async (context) => {
  const shelf = shelfOf(folderOf(context, {}), "brain")
  mkdirSync(shelf.tags, { recursive: true })
  const publish = async (tag: string): Promise<void> => {
    await writeDescriptor(`${shelf.tags}/${tag}`, descriptor(tag), { onlyNew: true })
    await writeLayoutIndex(shelf)
  }
  await Promise.all(Array.from({ length: 12 }, (_, index) => publish(`v${index}`)))
  assert.equal(indexOf(shelf).manifests.length, 12)
})

test("a shelf lies in its catalogue alone, and what has a digest under its digits", () => {
  const shelf = shelfOf("/catalogue", "brain")
  assert.equal(shelf.blob(DIGEST), `/catalogue/brain/blobs/sha256/${DIGEST.slice(7)}`)
  assert.equal(dirname(shelf.blob(DIGEST)), shelf.blobs)
  assert.equal(shelf.referrers(DIGEST), `/catalogue/brain/referrers/${DIGEST.slice(7)}`)
})
