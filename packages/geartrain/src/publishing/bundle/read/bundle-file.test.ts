import assert from "node:assert/strict"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { zstdCompressSync } from "node:zlib"
import type { Digest, ErrorCode } from "@geartrain/spec"
import { folderOf } from "../../../../test/archive/upload-plan/folder-of.ts"
import { open } from "../../../system/files.ts"
import { sha256 } from "../../../system/hash.ts"
import { BUNDLE_HINTS, bundleError, quoted } from "../format/bundle-error.ts"
import { encodeTable, MOST_FRAMES, type PackedMember } from "../format/frame-table.ts"
import { END_FRAME, headerFrame, paddedBytes } from "../format/member-header.ts"
import { storedFrame } from "../format/stored-frame.ts"
import { BundleWriter } from "../write/bundle-writer.ts"
import { type BundleLimits, openBundleFile } from "./bundle-file.ts"
import { readMember } from "./read-member.ts"
import { unpackFrames } from "./unpack-frames.ts"

const TEXT = "what a member holds\n".repeat(100)

async function bundled(context: TestContext): Promise<string> {
  const path = join(folderOf(context, {}), "r.gtz")
  const file = await open(path, "wx+")
  const writer = new BundleWriter(file)
  await writer.member("first", chunkOf("x"))
  await writer.member("a/b", chunkOf(TEXT))
  await writer.end()
  await file.close()
  return path
}

async function* chunkOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}

/** The text of a member, found by its path. */
async function textOf(path: string, member: string, expected?: Digest): Promise<string> {
  const file = await openBundleFile(path)
  try {
    const placed = file.members.find((each) => each.path === member)
    assert.ok(placed !== undefined)
    const pieces: Buffer[] = []
    for await (const piece of readMember(file, placed, expected)) pieces.push(Buffer.from(piece))
    return Buffer.concat(pieces).toString("utf8")
  } finally {
    await file.handle.close()
  }
}

async function refused(path: string, code: ErrorCode, message: RegExp, limits?: BundleLimits): Promise<void> {
  await assert.rejects(openBundleFile(path, limits), { code, message })
}

test("members are found where they lie, and come as they were packed", async (context) => {
  const path = await bundled(context)
  assert.equal(await textOf(path, "first"), "x")
  assert.equal(await textOf(path, "a/b", sha256(Buffer.from(TEXT))), TEXT)
  const other = sha256(Buffer.from("other"))
  await assert.rejects(textOf(path, "a/b", other), {
    code: "BUNDLE_DAMAGED",
    message: /member "a\/b": its digest is sha256:[0-9a-f]{64}, and the index says sha256:[0-9a-f]{64}$/,
  })
})

test("any byte that is changed is noticed, and where it lies is told", async (context) => {
  const path = await bundled(context)
  const bytes = readFileSync(path)
  for (let at = 0; at < bytes.length; at += 41) {
    const changed = Buffer.from(bytes)
    changed.writeUInt8(changed.readUInt8(at) ^ 0x20, at)
    writeFileSync(path, changed)
    const reading = async (): Promise<void> => {
      await textOf(path, "first")
      await textOf(path, "a/b")
    }
    await assert.rejects(reading(), { code: /^BUNDLE_(DAMAGED|TRUNCATED|FORMAT_UNKNOWN|UNSAFE|TOO_NEW)$/ }, `${at}`)
  }
  const changed = Buffer.from(bytes)
  changed.writeUInt8(changed.readUInt8(20) ^ 1, 20)
  writeFileSync(path, changed)
  const length = headerFrame("first", 1).length
  const message = new RegExp(`bytes 0 to ${length - 1} of the file are not the header of a plain file of 1 bytes$`)
  await assert.rejects(textOf(path, "first"), { code: "BUNDLE_DAMAGED", message })
})

test("a bundle that was cut short, or has something behind its end, is no whole one", async (context) => {
  const path = await bundled(context)
  const bytes = readFileSync(path)
  for (const other of [bytes.subarray(0, -1), bytes.subarray(0, 100), Buffer.concat([bytes, Buffer.from("x")])]) {
    writeFileSync(path, other)
    await refused(path, "BUNDLE_TRUNCATED", /does not end with its table/)
  }
  writeFileSync(path, bytes.subarray(1))
  await refused(path, "BUNDLE_TRUNCATED", /its table tells of \d+ bytes, and it has \d+$/)
})

test("what is no bundle is said so, however short, and nothing is waited for", async (context) => {
  const folder = folderOf(context, { empty: "", text: "hello", zip: "PK\u0003\u0004".repeat(100) })
  mkdirSync(join(folder, "folder"))
  for (const name of ["empty", "text", "zip"])
    await refused(join(folder, name), "BUNDLE_FORMAT_UNKNOWN", /it is no paper bundle$/)
  await refused(join(folder, "none"), "BUNDLE_NOT_FOUND", /there is no such file$/)
  await refused(join(folder, "text/x"), "BUNDLE_NOT_FOUND", /there is no such file$/)
  await refused(join(folder, "folder"), "BUNDLE_NOT_FOUND", /it is no regular file$/)
  await refused("/dev/null", "BUNDLE_NOT_FOUND", /it is no regular file$/)
})

test("what unpacks to more than it may is refused before anything is unpacked, and the very most is not", async (context) => {
  const path = await bundled(context)
  const sizeBytes = readFileSync(path).length
  const unpackedBytes = 512 + paddedBytes(TEXT.length)
  const file = await openBundleFile(path, { maxExpansion: 0, freeBytes: unpackedBytes })
  await file.handle.close()
  await refused(path, "BUNDLE_TOO_LARGE", /looks like a bomb$/, { maxExpansion: 0, freeBytes: unpackedBytes - 1 })
  const enough = await openBundleFile(path, { maxExpansion: 1, freeBytes: unpackedBytes - sizeBytes })
  await enough.handle.close()
})

/** A bundle whose maker wrote these frames as the only member, and this table. */
function forged(context: TestContext, frames: Buffer, member: Omit<PackedMember, "path" | "pieces">): string {
  const pieces = [{ sizeBytes: frames.length, unpackedBytes: paddedBytes(member.sizeBytes), digest: sha256(frames) }]
  const table = encodeTable([{ path: "m", ...member, pieces }])
  const bytes = Buffer.concat([headerFrame("m", member.sizeBytes), frames, END_FRAME, table])
  const path = join(folderOf(context, {}), "forged.gtz")
  writeFileSync(path, bytes)
  return path
}

test("frames that lie about what they unpack to are not believed, nor is what hides behind the end of a member", async (context) => {
  const honest = forged(context, storedFrame(Buffer.alloc(512, 0).fill("x", 0, 3)), { sizeBytes: 3 })
  assert.equal(await textOf(honest, "m"), "xxx")
  const lie = /bytes \d+ to \d+ of the file do not unpack to what the table says$/
  for (const frames of [
    zstdCompressSync(Buffer.alloc(513)),
    zstdCompressSync(Buffer.alloc(511)),
    Buffer.concat([storedFrame(Buffer.alloc(512)), zstdCompressSync("y")]),
    storedFrame(Buffer.alloc(512)).subarray(0, -1),
    Buffer.from("no frames at all"),
  ])
    await assert.rejects(textOf(forged(context, frames, { sizeBytes: 3 }), "m"), {
      code: "BUNDLE_UNSAFE",
      message: lie,
      hint: BUNDLE_HINTS.notHonest,
    })
  const hiding = forged(context, storedFrame(Buffer.alloc(512, "x")), { sizeBytes: 3 })
  await assert.rejects(textOf(hiding, "m"), {
    code: "BUNDLE_UNSAFE",
    message: /what fills its last block is not empty$/,
  })
})

test("frames come one after the other, and never more of them or of their bytes than was said", async () => {
  const frames = Buffer.concat([zstdCompressSync("ab"), zstdCompressSync(""), zstdCompressSync("c")])
  assert.equal(Buffer.concat((await unpackFrames(frames, 3)) ?? []).toString(), "abc")
  assert.equal(await unpackFrames(frames, 4), undefined)
  assert.equal(await unpackFrames(frames, 2), undefined)
  const one = zstdCompressSync("x")
  const many = (count: number) => Buffer.concat(Array.from({ length: count }, () => one))
  assert.equal((await unpackFrames(many(MOST_FRAMES), MOST_FRAMES))?.length, MOST_FRAMES)
  assert.equal(await unpackFrames(many(MOST_FRAMES + 1), MOST_FRAMES + 1), undefined)
  const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 0])
  assert.equal(await unpackFrames(Buffer.concat([one, skippable]), 1), undefined)
})

test("an error names the bundle and the member as they can be printed, and no longer than a few lines", () => {
  assert.equal(quoted("a\u001b[2J\n"), '"a\\u001b[2J\\n"')
  assert.equal(quoted("x".repeat(200)), `"${"x".repeat(200)}"`)
  assert.equal(quoted(`${"a".repeat(150)}${"b".repeat(100)}`), `"${"a".repeat(120)}…${"b".repeat(60)}"`)
  const error = bundleError("BUNDLE_NOT_FOUND", "r.gtz", { problem: "there is no such file", hint: "Look" })
  assert.equal(error.message, 'Cannot read bundle "r.gtz": there is no such file')
  assert.deepEqual([error.hint, error.details], ["Look", { bundle: "r.gtz" }])
})
