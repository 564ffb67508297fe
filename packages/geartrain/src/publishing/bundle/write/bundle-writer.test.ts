import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { zstdCompressSync, zstdDecompressSync } from "node:zlib"
import { folderOf } from "../../../../test/archive/upload-plan/folder-of.ts"
import type { PackedPiece } from "../../../packing/tar/packed-piece.ts"
import { type FileHandle, open } from "../../../system/files.ts"
import { sha256 } from "../../../system/hash.ts"
import { FOOTER_BYTES, MOST_FRAMES, type PackedPart, parseTable, tableBytes } from "../format/frame-table.ts"
import { END_FRAME, headerFrame, PIECE_BYTES } from "../format/member-header.ts"
import { unpackFrames } from "../read/unpack-frames.ts"
import { BundleWriter } from "./bundle-writer.ts"
import { PiecePacker } from "./piece-packer.ts"
import { SteadyFile } from "./steady-file.ts"

const NOISE = randomBytes(3 * PIECE_BYTES)

async function scratch(context: TestContext): Promise<{ readonly file: FileHandle; readonly path: string }> {
  const path = join(folderOf(context, {}), "file")
  const file = await open(path, "wx+")
  context.after(() => file.close())
  return { file, path }
}

async function* chunksOf(...chunks: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield Buffer.from(chunk)
}

/** What comes of pieces, and how they were cut. */
async function pack(pieces: readonly PackedPiece[]): Promise<{
  readonly parts: readonly PackedPart[]
  readonly frames: readonly Buffer[]
  readonly plain: Buffer
}> {
  const frames: Buffer[] = []
  const packer = new PiecePacker(async (bytes) => void frames.push(Buffer.from(bytes)))
  packer.begin(1)
  for (const piece of pieces) await packer.add(piece)
  const parts = await packer.end()
  const unpacked = await Promise.all(
    frames.map((frame, index) => unpackFrames(frame, parts[index]?.unpackedBytes ?? 0)),
  )
  return { parts, frames, plain: Buffer.concat(unpacked.flatMap((each) => each ?? [])) }
}

test("pieces are of 1 MiB but for the last, in their order, each with the digest of its packed bytes", async () => {
  const { parts, frames, plain } = await pack([
    { form: "plain", bytes: NOISE.subarray(0, 700_000) },
    { form: "plain", bytes: NOISE.subarray(700_000, 2 * PIECE_BYTES + 5) },
  ])
  assert.deepEqual(
    parts.map(({ unpackedBytes }) => unpackedBytes),
    [PIECE_BYTES, PIECE_BYTES, 5],
  )
  assert.ok(plain.equals(NOISE.subarray(0, 2 * PIECE_BYTES + 5)))
  for (const [index, frame] of frames.entries())
    assert.deepEqual([parts[index]?.sizeBytes, parts[index]?.digest], [frame.length, sha256(frame)])
})

test("frames that are packed already stay as they are, with what is plain between them", async () => {
  const frame = zstdCompressSync(Buffer.alloc(100_000, 7))
  const { frames, parts, plain } = await pack([
    { form: "plain", bytes: Buffer.alloc(512, 1) },
    { form: "frame", bytes: frame, unpackedBytes: 100_000 },
    { form: "plain", bytes: Buffer.alloc(512, 2) },
    { form: "dense", bytes: NOISE.subarray(0, 40_000) },
  ])
  assert.equal(parts.length, 1)
  assert.ok(frames[0]?.includes(frame))
  assert.ok(frames[0]?.includes(NOISE.subarray(0, 40_000)), "what does not pack is not tried")
  const wanted = [Buffer.alloc(512, 1), Buffer.alloc(100_000, 7), Buffer.alloc(512, 2), NOISE.subarray(0, 40_000)]
  assert.ok(plain.equals(Buffer.concat(wanted)))
})

test("a piece has no more frames than a reader takes, however short they are", async () => {
  const frame = zstdCompressSync(Buffer.from("x"))
  const { parts, plain } = await pack(
    Array.from({ length: 3 * MOST_FRAMES }, () => ({ form: "frame", bytes: frame, unpackedBytes: 1 }) as const),
  )
  assert.ok(parts.every(({ unpackedBytes }) => unpackedBytes <= MOST_FRAMES))
  assert.ok(parts.length <= 4)
  assert.equal(plain.toString(), "x".repeat(3 * MOST_FRAMES))
})

test("the bytes of a chunk are taken over, so that the caller may use it again", async () => {
  const frames: Buffer[] = []
  const packer = new PiecePacker(async (bytes) => void frames.push(Buffer.from(bytes)))
  packer.begin(1)
  const chunk = Buffer.alloc(1000, 1)
  await packer.addPlain(chunk)
  chunk.fill(2)
  await packer.addPlain(chunk)
  await packer.end()
  assert.deepEqual(
    Buffer.concat(frames.map((frame) => zstdDecompressSync(frame))),
    Buffer.concat([Buffer.alloc(1000, 1), chunk]),
  )
  packer.begin(1)
  assert.deepEqual(await packer.end(), [], "the next body begins with nothing")
})

test("a bundle is a header and pieces for each member, an end, and the table of all", async (context) => {
  const { file, path } = await scratch(context)
  const writer = new BundleWriter(file)
  assert.deepEqual(await writer.member("a/b.txt", chunksOf("one ", "two")), {
    sizeBytes: 7,
    digest: sha256(Buffer.from("one two")),
  })
  await writer.member("ü", chunksOf(), 0)
  const frame = zstdCompressSync(Buffer.alloc(600, 1))
  const pieces = (async function* () {
    yield { form: "frame", bytes: frame, unpackedBytes: 600 } as const
  })()
  assert.deepEqual(await writer.packedMember("root.tar", pieces), { sizeBytes: 600 })
  await writer.end()
  const bytes = readFileSync(path)
  const table = bytes.subarray(-(tableBytes(bytes.subarray(-FOOTER_BYTES)) ?? 0))
  const parsed = parseTable(table)
  assert.ok(parsed.ok)
  assert.deepEqual(
    parsed.members.map((member) => [member.path, member.sizeBytes, member.pieces.length]),
    [
      ["a/b.txt", 7, 1],
      ["ü", 0, 0],
      ["root.tar", 600, 1],
    ],
  )
  const head = headerFrame("a/b.txt", 7)
  assert.ok(bytes.subarray(0, head.length).equals(head))
  const end = bytes.length - table.length - END_FRAME.length
  assert.ok(bytes.subarray(end, end + END_FRAME.length).equals(END_FRAME))
  const body = bytes.subarray(head.length, head.length + (parsed.members[0]?.pieces[0]?.sizeBytes ?? 0))
  assert.equal(zstdDecompressSync(body).toString(), `one two${"\0".repeat(505)}`)
})

test("a path that needs more than a block of header has to come with its size", async (context) => {
  const { file } = await scratch(context)
  const writer = new BundleWriter(file)
  for (const path of ["ü", "x".repeat(101)])
    await assert.rejects(writer.member(path, chunksOf("x")), new RangeError(`The size of "${path}" has to be known`))
  assert.equal((await writer.member("x".repeat(100), chunksOf("x"))).sizeBytes, 1)
  await writer.abandon()
})

test("more or fewer bytes than were announced are refused", async (context) => {
  const { file } = await scratch(context)
  for (const sizeBytes of [2, 4]) {
    const writer = new BundleWriter(file)
    const message = `"a" has 3 bytes, and ${sizeBytes} were announced`
    await assert.rejects(writer.member("a", chunksOf("abc"), sizeBytes), new RangeError(message))
    await writer.abandon()
  }
})

test("whoever stops is heard at the next chunk", async (context) => {
  const { file } = await scratch(context)
  const stop = new AbortController()
  const writer = new BundleWriter(file, stop.signal)
  stop.abort(new Error("stopped"))
  await assert.rejects(writer.member("a", chunksOf("x")), new Error("stopped"))
  await writer.abandon()
})

test("bytes that were left free are filled at their place, whatever was appended meanwhile", async (context) => {
  const { file, path } = await scratch(context)
  const steady = new SteadyFile(file)
  await steady.append(Buffer.from("ab"))
  const free = steady.skip(3)
  await steady.append(Buffer.from("fg"))
  await steady.fill(Buffer.from("cde"), free)
  await steady.append(Buffer.from("h"))
  await steady.end()
  assert.equal(readFileSync(path, "utf8"), "abcdefgh")
})

test("a write that the disk refused is told by the next, or at the end", async (context) => {
  const path = join(folderOf(context, { file: "" }), "file")
  const file = await open(path, "r")
  context.after(() => file.close())
  const steady = new SteadyFile(file)
  await steady.append(Buffer.from("x"))
  await assert.rejects(steady.append(Buffer.from("y")), { code: "EBADF" })
  await assert.rejects(steady.end(), { code: "EBADF" })
})
