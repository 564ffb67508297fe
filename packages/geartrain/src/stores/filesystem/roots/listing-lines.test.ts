import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { type Digest, isGeartrainError, TREE_LISTING_HEADER, type TreeEntry, treeLine } from "@geartrain/spec"
import { listedEntries } from "./listed-entries.ts"
import { lineBatches, parseListingLine } from "./listing-lines.ts"
import { writeListing } from "./write-listing.ts"

const COMMON = { mode: 0o4755, uid: 1, gid: 2, mtime: 1_700_000_000.9, xattrs: new Map<string, Uint8Array>() }
const FILE: TreeEntry = { ...COMMON, type: "file", path: "a", size: 3, digest: `sha256:${"ab".repeat(32)}` }

test("a line of each kind reads as the entry that it was written for", () => {
  const common = { path: "a", uid: 1, gid: 2, xattrs: {} }
  const parsed = (entry: TreeEntry): unknown => parseListingLine(treeLine(entry).trimEnd())
  const file = { ...common, type: "f", mode: 0o4755, hex: "ab".repeat(32), sizeBytes: 3, mtimeS: 1_700_000_000 }
  assert.deepEqual(parsed(FILE), file)
  const xattrs = new Map([["user.note", Buffer.from("x")]])
  assert.deepEqual(parsed({ ...FILE, xattrs }), { ...file, xattrs: { "user.note": "78" } })
  assert.deepEqual(parsed({ ...COMMON, type: "folder", path: "a" }), { ...common, type: "d", mode: 0o4755 })
  assert.deepEqual(parsed({ ...COMMON, type: "fifo", path: "a" }), { ...common, type: "p", mode: 0o4755 })
  assert.deepEqual(parsed({ ...COMMON, type: "link", path: "a", target: "b" }), { ...common, type: "l", target: "b" })
  for (const [type, letter] of [
    ["character-device", "c"],
    ["block-device", "b"],
  ] as const) {
    const device = parsed({ ...COMMON, type, path: "a", major: 1, minor: 3 })
    assert.deepEqual(device, { ...common, type: letter, mode: 0o4755, major: 1, minor: 3 })
  }
})

test("what is no line of a listing is refused", () => {
  for (const line of ["", "x", "{}", "[]", '["",  "f"]', '["a","x"]', '[1,"f"]']) {
    assert.throws(() => parseListingLine(line), /SyntaxError|RangeError|JSON|listing/, line)
  }
})

test("lines are the same however the bytes are cut", async () => {
  const whole = Buffer.from("ünï\nsecond\n\nlast\n")
  for (let at = 0; at <= whole.length; at++) {
    const lines: string[] = []
    for await (const batch of lineBatches(cut(whole, at))) lines.push(...batch)
    assert.deepEqual(lines, ["ünï", "second", "", "last"], `cut at ${at}`)
  }
  const lines: string[] = []
  for await (const batch of lineBatches(cut(Buffer.from("no line feed"), 5))) lines.push(...batch)
  assert.deepEqual(lines, ["no line feed"])
})

test("a listing is written as it came, and read back entry by entry", async (context) => {
  const place = join(await temporaryFolder(context), "listing")
  const { bytes, digest } = listing([FILE, { ...FILE, path: "b" }])
  assert.deepEqual(await writeListing(place, cut(bytes, 30), digest), { fitsSquashfs: true })
  assert.deepEqual(await readFile(place), bytes)
  const paths: string[] = []
  for await (const { path } of listedEntries(place)) paths.push(path)
  assert.deepEqual(paths, ["a", "b"])
})

test("squashfs cannot hold access lists, nor times that it has no number for", async (context) => {
  const folder = await temporaryFolder(context)
  const acl = new Map([["system.posix_acl_access", Buffer.from("x")]])
  for (const [number, [entry, fitsSquashfs]] of [
    [{ ...FILE, xattrs: acl }, false],
    [{ ...FILE, mtime: -1 }, false],
    [{ ...FILE, mtime: 0x1_0000_0000 }, false],
    [{ ...FILE, mtime: 0xffff_ffff }, true],
    [{ ...FILE, mtime: 0 }, true],
    [{ ...COMMON, type: "folder", path: "a", mtime: -1 }, true],
  ].entries() as ArrayIterator<[number, [TreeEntry, boolean]]>) {
    const { bytes, digest } = listing([entry])
    assert.deepEqual(await writeListing(join(folder, `${number}`), cut(bytes, 1), digest), { fitsSquashfs })
  }
})

test("a listing of another digest is refused", async (context) => {
  const place = join(await temporaryFolder(context), "listing")
  const { digest } = listing([FILE])
  const { bytes } = listing([{ ...FILE, path: "b" }])
  await assert.rejects(writeListing(place, cut(bytes, 1), digest), (error) =>
    isGeartrainError(error, "ROOT_DIGEST_MISMATCH"),
  )
})

function listing(entries: readonly TreeEntry[]): { readonly bytes: Buffer; readonly digest: Digest } {
  const bytes = Buffer.from(TREE_LISTING_HEADER + entries.map(treeLine).join(""))
  return { bytes, digest: `sha256:${createHash("sha256").update(bytes).digest("hex")}` }
}

async function* cut(bytes: Uint8Array, at: number): AsyncGenerator<Uint8Array> {
  yield bytes.subarray(0, at)
  yield bytes.subarray(at)
}

async function temporaryFolder(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "geartrain-listing-"))
  context.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}
