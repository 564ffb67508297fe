import assert from "node:assert/strict"
import { mkdirSync, symlinkSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"
import { zstdCompressSync } from "node:zlib"
import { folderOf } from "../../../../test/archive/upload-plan/folder-of.ts"
import { sha256 } from "../../../system/hash.ts"
import { checkedBody } from "./checked-body.ts"
import { readBlockSize, unpackBlock } from "./squashfs/data-block.ts"
import { decodePlainText } from "./squashfs/plain-text.ts"

const TREE = `sha256:${"a".repeat(64)}` as const
const TEXT = "what a file holds"

async function read(folder: string, path: string, text: string): Promise<string> {
  const pieces: Uint8Array[] = []
  const hex = sha256(Buffer.from(text)).slice(7)
  for await (const piece of checkedBody(folder, { path, sizeBytes: text.length, hex }, TREE))
    pieces.push(Buffer.from(piece))
  return Buffer.concat(pieces).toString()
}

test("a file comes as it lies, small or large, and an empty one is empty", async (context) => {
  const large = "x".repeat(300 * 1024)
  const folder = folderOf(context, { "a/b": TEXT, large, empty: "" })
  assert.equal(await read(folder, "a/b", TEXT), TEXT)
  assert.ok((await read(folder, "large", large)) === large)
  assert.equal(await read(folder, "empty", ""), "")
})

test("what is not what it has to be is told as damage of the tree, by its name", async (context) => {
  const large = "x".repeat(300 * 1024)
  const files = { other: TEXT.toUpperCase(), short: TEXT.slice(2), long: `${TEXT}!`, grown: `${large}!`, x: TEXT }
  const folder = folderOf(context, files)
  mkdirSync(join(folder, "folder"))
  symlinkSync("x", join(folder, "link"))
  for (const [path, because, text] of [
    ["other", "has other bytes", TEXT],
    ["short", "is 2 bytes short", TEXT],
    ["long", "has grown", TEXT],
    ["grown", "has grown", large],
    ["none", "cannot be read (ENOENT)", TEXT],
    ["x/below", "cannot be read (ENOTDIR)", TEXT],
    ["folder", "cannot be read (EISDIR)", TEXT],
    ["link", "cannot be read (ELOOP)", TEXT],
  ] as const) {
    const error = { code: "ROOT_DAMAGED", details: { tree: TREE, because: `its file "${path}" ${because}` } }
    await assert.rejects(read(folder, path, text), error, path)
  }
})

test("where it is not known what bytes are right, none are", async (context) => {
  const folder = folderOf(context, { a: TEXT })
  const file = { path: "a", sizeBytes: TEXT.length, hex: undefined }
  const all = async (): Promise<void> => {
    for await (const _ of checkedBody(folder, file, TREE));
  }
  await assert.rejects(all(), { code: "ROOT_DAMAGED" })
})

test("the size of a block says whether it is packed, and no block is longer than what it holds", () => {
  const stored = 1 << 24
  assert.deepEqual(readBlockSize(0, 100), { packedBytes: 0, isStored: false })
  assert.deepEqual(readBlockSize(99, 100), { packedBytes: 99, isStored: false })
  assert.deepEqual(readBlockSize(100 | stored, 100), { packedBytes: 100, isStored: true })
  for (const word of [101, 99 | stored, stored, 101 | stored, 100 | (1 << 25), 0xffff_ffff])
    assert.throws(() => readBlockSize(word, 100), new RangeError(`it has a block of ${word} bytes for 100`))
})

test("a block unpacks to no more than it may, and what is no zstd is told", () => {
  const packed = zstdCompressSync(Buffer.alloc(1000, 1))
  assert.deepEqual(unpackBlock(packed, 1000), Buffer.alloc(1000, 1))
  assert.throws(() => unpackBlock(packed, 999), RangeError)
  assert.throws(() => unpackBlock(packed.subarray(0, -1), 1000), RangeError)
  assert.throws(
    () => unpackBlock(Buffer.from("no zstd"), 1000),
    new RangeError("it has a block of 7 bytes that cannot be unpacked"),
  )
})

test("a name is any UTF-8 without a NUL, the character for what is none among it", () => {
  for (const text of ["", "a b", "é\u{1f9e0}", "\ufffd", "line\nfeed"])
    assert.equal(decodePlainText(Buffer.from(text)), text)
  for (const bytes of [[0xff], [0xc3], [0x61, 0xc0, 0xaf], [0xed, 0xa0, 0x80], [...Buffer.from("\ufffd"), 0xff]])
    assert.throws(() => decodePlainText(Buffer.from(bytes)), new RangeError("it has a name that is no UTF-8"))
  assert.throws(() => decodePlainText(Buffer.from("a\0b")), new RangeError("it has a name with a NUL"))
})
