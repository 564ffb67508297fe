import assert from "node:assert/strict"
import { test } from "node:test"
import { PLAIN_FOLDER } from "../packing/tar/plain-folder.ts"
import { bodyPadding, END_OF_ARCHIVE, encodeHeader, type WritableEntry } from "../packing/tar/tar-writer.ts"
import { createImageTree } from "./image-tree.ts"
import { DEFAULT_LIMITS } from "./limits/image-limits.ts"
import { openTarStream } from "./sources/tar-stream.ts"

const ORIGIN = { kind: "tar", reference: "gear.tar" } as const

function tarOf(files: Readonly<Record<string, string>>): Buffer {
  const parts = Object.entries(files).map(([path, body]) => {
    const entry: WritableEntry = { ...PLAIN_FOLDER, type: "file", path, mode: 0o644, size: body.length }
    return Buffer.concat([encodeHeader(entry), Buffer.from(body), bodyPadding(entry)])
  })
  return Buffer.concat([...parts, END_OF_ARCHIVE])
}

/** An image of a tar that is asked for anew at each reading, and how often it was. */
function imageOf(contents: () => Buffer, { sizeBytes = contents().length, limits = DEFAULT_LIMITS } = {}) {
  const counted = { readings: 0, closes: 0 }
  const open = async function* () {
    counted.readings++
    const bytes = contents()
    for (let at = 0; at < bytes.length; at += 700) yield bytes.subarray(at, at + 700)
  }
  const source = openTarStream({ open, sizeBytes }, ORIGIN, { reference: ORIGIN.reference })
  const close = async () => void counted.closes++
  return { image: createImageTree(source, { limits, close }), counted, source }
}

async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Buffer[] = []
  for await (const chunk of chunks) all.push(Buffer.from(chunk))
  return Buffer.concat(all)
}

test("a tree is named by its contents and not by their order, and its tar is the same then", async () => {
  const one = imageOf(() => tarOf({ b: "2", a: "1", "dir/c": "3" }))
  const other = imageOf(() => tarOf({ "./dir//c": "3", "./a": "1", "./b": "2" }))
  const [scan, same] = [await one.image.scan(), await other.image.scan()]
  assert.equal(scan.tree, same.tree)
  const different = await imageOf(() => tarOf({ b: "2", a: "x", "dir/c": "3" })).image.scan()
  assert.notEqual(different.tree, scan.tree)
  const tar = await bytesOf(one.image.tar(scan))
  assert.equal((await imageOf(() => tar).image.scan()).tree, scan.tree)
  assert.equal(one.counted.readings, 2, "once for the name, once for the tar")
})

test("an image that has changed between the two readings is not handed on", async () => {
  let text = "1"
  const { image } = imageOf(() => tarOf({ a: text }))
  const scan = await image.scan()
  text = "2"
  await assert.rejects(bytesOf(image.tar(scan)), { code: "IMAGE_CHANGED" })
})

test("what a stream unpacks to is counted against the limits", async () => {
  const files = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`${index}`, ""]))
  const tar = tarOf(files)
  const scan = (freeBytes: number) =>
    imageOf(() => tar, { limits: { ...DEFAULT_LIMITS, maxUnpackedBytes: 0, freeBytes } }).image.scan()
  await scan(tar.length)
  // Headers count as well: an archive of nothing but names is large, too.
  await assert.rejects(scan(20 * 512 - 1), { code: "IMAGE_TOO_LARGE" })
})

test("an image that says nothing of itself declares nothing, and what is put aside goes when it is closed", async () => {
  const { image, counted, source } = imageOf(() => tarOf({}))
  assert.deepEqual([image.origin, "declaration" in image, "platform" in image], [ORIGIN, false, false])
  assert.deepEqual([source.packedBytes, source.warnings()], [tarOf({}).length, []])
  await image.close()
  await image.close()
  assert.equal(counted.closes, 2)
})
