import assert from "node:assert/strict"
import { test } from "node:test"
import { zstdDecompressSync } from "node:zlib"
import { canonicalJson } from "@geartrain/spec"
import { isMemberPath, MemberPaths } from "../../../packing/members/member-path.ts"
import { sha256 } from "../../../system/hash.ts"
import { encodeTable, FOOTER_BYTES, parseTable, tableBytes, versionOf } from "./frame-table.ts"
import { hasBlockHeader, headerFrame, PIECE_BYTES } from "./member-header.ts"
import { storedFrame } from "./stored-frame.ts"

const PIECE = { sizeBytes: 20, unpackedBytes: 512, digest: sha256(Buffer.from("frame")) }
const MEMBERS = [
  { path: "a/b", sizeBytes: 7, pieces: [PIECE] },
  { path: "empty", sizeBytes: 0, pieces: [] },
]

test("a table is read as it was written", () => {
  const frame = encodeTable(MEMBERS)
  assert.equal(tableBytes(frame.subarray(-FOOTER_BYTES)), frame.length)
  assert.deepEqual(parseTable(frame), { ok: true, members: MEMBERS })
})

test("a table of the first version, whose pieces are of 1 MiB, is read", () => {
  const { digest } = PIECE
  const json = Buffer.from(
    canonicalJson({
      format: "geartrain-bundle-frames/1",
      members: [["a", PIECE_BYTES + 1, [2, 1].map(() => [20, digest.slice(7)])]],
    }),
  )
  const empty = encodeTable([])
  const [head, length] = [Buffer.from(empty.subarray(0, 8)), Buffer.alloc(8)]
  head.writeUInt32LE(json.length + FOOTER_BYTES, 4)
  length.writeBigUInt64LE(BigInt(json.length))
  const hash = Buffer.from(sha256(json).slice(7), "hex")
  const frame = Buffer.concat([head, json, hash, length, empty.subarray(-8)])
  const pieces = [PIECE_BYTES, 512].map((unpackedBytes) => ({ sizeBytes: 20, unpackedBytes, digest }))
  assert.deepEqual(parseTable(frame), { ok: true, members: [{ path: "a", sizeBytes: PIECE_BYTES + 1, pieces }] })
})

test("a table with any byte changed is none", () => {
  const frame = encodeTable(MEMBERS)
  for (let at = 0; at < frame.length; at += 1) {
    const changed = Buffer.from(frame)
    changed.writeUInt8(changed.readUInt8(at) ^ 1, at)
    const length = tableBytes(changed.subarray(-FOOTER_BYTES))
    assert.ok(length !== frame.length || !parseTable(changed).ok, `byte ${at}`)
  }
})

test("a table that says what cannot be is refused, although its digest is right", () => {
  const faultOf = (members: readonly unknown[]) => {
    const result = parseTable(encodeTable(members as typeof MEMBERS))
    return result.ok ? undefined : result.fault
  }
  const [first] = MEMBERS
  assert.equal(faultOf([]), "damaged")
  assert.equal(faultOf([{ ...first, path: "../a" }]), "unsafe")
  assert.equal(faultOf([{ ...first, path: "/etc/passwd" }]), "unsafe")
  assert.equal(faultOf([first, first]), "unsafe")
  assert.equal(faultOf([first, { ...first, path: "a" }]), "unsafe", "a member is the folder of another")
  assert.equal(faultOf([{ ...first, sizeBytes: -1 }]), "damaged")
  assert.equal(faultOf([{ ...first, sizeBytes: 0 }]), "damaged")
  assert.equal(faultOf([{ ...first, sizeBytes: PIECE_BYTES + 1 }]), "damaged")
  assert.equal(faultOf([{ ...first, pieces: [{ ...PIECE, sizeBytes: 2 ** 30 }] }]), "damaged")
  assert.equal(faultOf([{ ...first, pieces: [{ ...PIECE, unpackedBytes: 0 }, PIECE] }]), "damaged")
  assert.equal(faultOf([{ ...first, pieces: [PIECE, PIECE] }]), "damaged")
})

test("a format's number is read as a whole", () => {
  assert.equal(versionOf("a/12", "a/"), 12)
  for (const text of ["a/", "a/0", "a/1x", "b/1", "a/-1", 1])
    assert.equal(versionOf(text, "a/"), undefined, String(text))
})

test("a stored frame is unpacked to what went in, and has one length only", () => {
  for (const length of [256, 512, 1024, 65_791, 65_792, 131_072, 131_073, 2 ** 20]) {
    const bytes = Buffer.alloc(length, "tar")
    assert.ok(zstdDecompressSync(storedFrame(bytes)).equals(bytes))
  }
  assert.throws(() => storedFrame(Buffer.alloc(255)), RangeError)
  assert.throws(() => storedFrame(Buffer.alloc(2 ** 20 + 1)), RangeError)
})

test("a header that is written before the size is known has its length already", () => {
  const path = "gears/x/root.tar"
  assert.equal(headerFrame(path, 0).length, headerFrame(path, 2 ** 40).length)
  assert.equal(hasBlockHeader("é"), false)
  assert.ok(headerFrame("é".repeat(400), 1).length > headerFrame(path, 1).length)
})

test("only paths that every system takes for the same are members", () => {
  for (const path of ["a", "jobs/1/outputs/a b", "é/ü", "a/.b", "..."]) assert.ok(isMemberPath(path), path)
  for (const path of [
    "",
    "/a",
    "a/",
    "a//b",
    ".",
    "a/..",
    "../a",
    "a\\b",
    "a\nb",
    "a\u0000",
    "\ud800",
    "x".repeat(256),
  ])
    assert.equal(isMemberPath(path), false, JSON.stringify(path))
  assert.equal(isMemberPath(Array(300).fill("abcd").join("/")), false)
})

test("a path that is taken, or would be in the way, is replaced by the digest", () => {
  const paths = new MemberPaths()
  assert.equal(paths.takeOr("a/b", PIECE.digest), "a/b")
  assert.match(paths.takeOr("a", PIECE.digest), /^files\/[0-9a-f]{64}$/)
  assert.equal(paths.take("a/b/c"), false)
  assert.equal(paths.take("a/c"), true)
})
