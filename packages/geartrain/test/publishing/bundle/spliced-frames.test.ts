import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { mkdtemp, open, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { zstdCompressSync } from "node:zlib"
import type { GearId } from "@geartrain/spec"
import type { PackedPiece } from "../../../src/packing/tar/packed-piece.ts"
import { openBundle } from "../../../src/publishing/bundle/read/open-bundle.ts"
import { packBundle } from "../../../src/publishing/bundle/write/pack-bundle.ts"
import { changed, DIGEST } from "./sample-bundle.ts"

let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "geartrain-spliced-"))
})
after(() => rm(folder, { recursive: true, force: true }))

const BLOCK = 128 * 1024
const ROOT = "gears/g/root.tar"

/** Headers, blocks that are packed, blocks that would not pack, and ends of files, as a store has them. */
function pieces(): readonly { readonly piece: PackedPiece; readonly unpacked: Buffer }[] {
  const all: { readonly piece: PackedPiece; readonly unpacked: Buffer }[] = []
  for (let file = 0; file < 40; file++) {
    const header = Buffer.alloc(512, `header ${file}`)
    all.push({ piece: { form: "plain", bytes: header }, unpacked: header })
    for (let block = 0; block < file % 5; block++) {
      const text = Buffer.alloc(BLOCK, `block ${block} of file ${file}\n`)
      all.push({ piece: { form: "frame", bytes: zstdCompressSync(text), unpackedBytes: BLOCK }, unpacked: text })
    }
    const noise = Buffer.concat(
      Array.from({ length: BLOCK / 32 }, (_, index) => createHash("sha256").update(`${file} ${index}`).digest()),
    )
    if (file % 3 === 0) all.push({ piece: { form: "dense", bytes: noise }, unpacked: noise })
    const end = noise.subarray(0, (file % 7) * 512)
    all.push({ piece: { form: file % 2 === 0 ? "dense" : "plain", bytes: end }, unpacked: end })
  }
  // One that no piece has room for beside another, and one that has two pieces.
  const large = Buffer.alloc(2 ** 20, "large")
  all.push({ piece: { form: "frame", bytes: zstdCompressSync(large), unpackedBytes: large.length }, unpacked: large })
  all.push({ piece: { form: "plain", bytes: Buffer.concat([large, large]) }, unpacked: Buffer.concat([large, large]) })
  return all
}

async function* reused(): AsyncGenerator<PackedPiece, void> {
  for (const { piece } of pieces()) {
    const bytes = Buffer.from(piece.bytes)
    yield { ...piece, bytes }
    // The bytes are the source's again.
    bytes.fill(0xff)
  }
}

async function pack(): Promise<{ readonly path: string; readonly body: Buffer }> {
  const path = join(folder, "spliced.gtz")
  const file = await open(path, "w")
  const gear = { id: DIGEST as GearId, name: "g", version: "1", document: "a", root: ROOT }
  const members = [{ path: ROOT, role: "root" as const, openPacked: reused }]
  await packBundle({ title: "Spliced", gears: [gear], jobs: [], standIns: [], members }, file)
  await file.close()
  return { path, body: Buffer.concat(pieces().map(({ unpacked }) => unpacked)) }
}

async function readRoot(path: string): Promise<Buffer> {
  const bundle = await openBundle(path)
  try {
    const read: Buffer[] = []
    for await (const piece of bundle.read(ROOT)) read.push(Buffer.from(piece))
    return Buffer.concat(read)
  } finally {
    await bundle.close()
  }
}

test("frames that were packed already lie in the bundle as they are, and all is read again", async () => {
  const { path, body } = await pack()
  assert.ok((await readRoot(path)).equals(body))
  const bytes = await readFile(path)
  for (const { piece } of pieces()) if (piece.form === "frame") assert.ok(bytes.includes(Buffer.from(piece.bytes)))
  const bundle = await openBundle(path)
  await bundle.close()
  const members = bundle.index.members.map((member) => ({ ...member }))
  assert.deepEqual(members, [{ path: ROOT, role: "root", sizeBytes: body.length }])
})

test("tar and zstd of others unpack it", async (t) => {
  try {
    execFileSync("zstd", ["--version"])
  } catch {
    return t.skip("needs zstd")
  }
  const { path, body } = await pack()
  assert.deepEqual(execFileSync("tar", ["--zstd", "-tf", path], { encoding: "utf8" }).split("\n"), [
    ROOT,
    "index.json",
    "",
  ])
  const unpacked = execFileSync("tar", ["--zstd", "-xOf", path, ROOT], { maxBuffer: 2 ** 26 })
  assert.ok(unpacked.equals(body))
})

test("a byte of such a frame that was changed is found and named, before anything of it is unpacked", async () => {
  const { path } = await pack()
  const bytes = await readFile(path)
  for (const { piece } of pieces()
    .filter(({ piece: { form } }) => form === "frame")
    .slice(0, 20)) {
    const at = bytes.indexOf(Buffer.from(piece.bytes)) + Math.floor(piece.bytes.length / 2)
    const other = Buffer.from(bytes)
    other.writeUInt8(other.readUInt8(at) ^ 1, at)
    await assert.rejects(readRoot(await changed(path, other)), (error: Error & { code?: string }) => {
      assert.equal(error.code, "BUNDLE_DAMAGED")
      const [, start, end] = /member "gears\/g\/root.tar": bytes (\d+) to (\d+) of the file/.exec(error.message) ?? []
      assert.ok(Number(start) <= at && at <= Number(end), error.message)
      return true
    })
  }
})
