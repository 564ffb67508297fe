import assert from "node:assert/strict"
import { test } from "node:test"
import type { PackedEntry, PackedPiece } from "../../packing/tar/packed-piece.ts"
import { FOLDER_MTIME, PLAIN_FOLDER } from "../../packing/tar/plain-folder.ts"
import { bodyPadding, END_OF_ARCHIVE, encodeHeader, type WritableEntry } from "../../packing/tar/tar-writer.ts"
import { canonicalEntry, FIRST_FOLDERS, MOST_DEPTH } from "./canonical-entry.ts"
import { packedTar } from "./packed-tar.ts"

function entryOf(wanted: Partial<WritableEntry> & { readonly path: string }): WritableEntry {
  return { ...PLAIN_FOLDER, type: "file", mode: 0o644, mtime: 99, ...wanted }
}

function canonical(wanted: Partial<WritableEntry> & { readonly path: string }): WritableEntry | undefined {
  return canonicalEntry(entryOf(wanted), "gear")
}

test("a path is written one way, and leads nowhere else", () => {
  assert.equal(canonical({ path: "./usr//bin/./x" })?.path, "usr/bin/x")
  assert.equal(canonical({ path: "y", type: "hard-link", target: "./a//x" })?.target, "a/x")
  assert.equal(canonical({ path: "l", type: "link", target: "./a//x" })?.target, "./a//x", "links say what they say")
  for (const path of ["../x", "a/../../x", "/etc/passwd"])
    assert.throws(() => canonical({ path }), { code: "IMAGE_PATH_OUTSIDE" }, path)
  assert.throws(() => canonical({ path: "y", type: "hard-link", target: "../x" }), { code: "IMAGE_PATH_OUTSIDE" })
  assert.notEqual(canonical({ path: Array.from({ length: MOST_DEPTH }, () => "d").join("/") }), undefined)
  assert.throws(() => canonical({ path: Array.from({ length: MOST_DEPTH + 1 }, () => "d").join("/") }))
})

test("what counts in no tree is the same in all: times of what is no file, modes of links, what runtimes put there", () => {
  assert.equal(canonical({ path: "f" })?.mtime, 99)
  assert.equal(canonical({ path: "h", type: "hard-link", target: "f" })?.mtime, 99)
  for (const type of ["folder", "link", "fifo"] as const)
    assert.equal(canonical({ path: "x", type, target: type === "link" ? "f" : "" })?.mtime, FOLDER_MTIME, type)
  assert.equal(canonical({ path: "l", type: "link", target: "f", mode: 0o644 })?.mode, 0o777)
  for (const path of ["dev/null", "proc/1/maps", "sys/x"]) assert.equal(canonical({ path }), undefined, path)
  const xattrs = new Map([
    ["user.note", Buffer.from("x")],
    ["security.selinux", Buffer.from("y")],
  ])
  assert.deepEqual([...(canonical({ path: "f", xattrs })?.xattrs.keys() ?? [])], ["user.note"])
})

async function piecesOf(
  ...entries: readonly (readonly [WritableEntry, ...PackedPiece[]])[]
): Promise<readonly PackedPiece[]> {
  const source = (async function* (): AsyncGenerator<PackedEntry> {
    for (const [entry, ...body] of entries) yield { entry, body: () => body }
  })()
  const pieces: PackedPiece[] = []
  for await (const piece of packedTar(source, "gear")) pieces.push({ ...piece, bytes: Buffer.from(piece.bytes) })
  return pieces
}

test("plain bytes are put together, and what is packed stands between them as it is", async () => {
  const frame = { form: "frame", bytes: Buffer.from("packed"), unpackedBytes: 700 } as const
  const file = entryOf({ path: "a", size: 700 })
  const small = entryOf({ path: "b", size: 3 })
  const plain = { form: "plain", bytes: Buffer.from("abc") } as const
  const [first, second, third, ...more] = await piecesOf([file, frame], [small, plain])
  assert.deepEqual(more, [])
  assert.deepEqual(first, { form: "plain", bytes: Buffer.concat([...FIRST_FOLDERS, encodeHeader(file)]) })
  assert.deepEqual(second, frame)
  const rest = [bodyPadding(file), encodeHeader(small), plain.bytes, bodyPadding(small), END_OF_ARCHIVE]
  assert.deepEqual(third, { form: "plain", bytes: Buffer.concat(rest) })
})

test("plain bytes longer than what is put together are handed on, with none lost or moved", async () => {
  const long = Buffer.alloc(300 * 1024, 7)
  const file = entryOf({ path: "a", size: long.length * 2 })
  const pieces = await piecesOf([file, { form: "plain", bytes: long }, { form: "plain", bytes: long }])
  const all = Buffer.concat(pieces.map(({ bytes }) => bytes))
  const wanted = [...FIRST_FOLDERS, encodeHeader(file), long, long, bodyPadding(file), END_OF_ARCHIVE]
  assert.ok(all.equals(Buffer.concat(wanted)))
})

test("an entry that is no part of the tree is left out with its body", async () => {
  const pieces = await piecesOf([entryOf({ path: "dev/x", size: 1 }), { form: "plain", bytes: Buffer.from("x") }])
  assert.deepEqual(pieces, [{ form: "plain", bytes: Buffer.concat([...FIRST_FOLDERS, END_OF_ARCHIVE]) }])
})
