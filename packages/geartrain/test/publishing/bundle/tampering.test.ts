import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import fc from "fast-check"
import { openBundle } from "../../../src/publishing/bundle/read/open-bundle.ts"
import { changed, packSample } from "./sample-bundle.ts"

let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "geartrain-bundle-"))
})
after(() => rm(folder, { recursive: true, force: true }))

/** Bytes that do not compress, and are the same every time. */
function noise(sizeBytes: number): Buffer {
  const blocks: Buffer[] = []
  for (let block = 0; block * 32 < sizeBytes; block += 1) blocks.push(createHash("sha256").update(`${block}`).digest())
  return Buffer.concat(blocks).subarray(0, sizeBytes)
}

const LONG = `jobs/${"é".repeat(120)}.txt`
const MEMBERS = [
  { path: "a/text", body: Buffer.from("hello\n".repeat(1000)) },
  { path: "b/empty", body: Buffer.alloc(0) },
  { path: LONG, body: noise(20_000) },
  { path: "z/large", body: Buffer.concat([noise(5 * 2 ** 20), Buffer.alloc(2 ** 20)]) },
]

async function readWhole(path: string): Promise<ReadonlyMap<string, Buffer>> {
  const bundle = await openBundle(path)
  try {
    const read = new Map<string, Buffer>()
    for (const member of bundle.index.members) {
      const pieces: Buffer[] = []
      for await (const piece of bundle.read(member.path)) pieces.push(Buffer.from(piece))
      read.set(member.path, Buffer.concat(pieces))
    }
    return read
  } finally {
    await bundle.close()
  }
}

test("what was packed is read again, in one form whoever packs it", async () => {
  const path = await packSample(folder, MEMBERS)
  const read = await readWhole(path)
  for (const { path: name, body } of MEMBERS) assert.ok(read.get(name)?.equals(body), name)
  const first = await readFile(path)
  assert.ok(first.equals(await readFile(await packSample(folder, MEMBERS))), "the same bytes each time")
})

test("tar and zstd of others unpack it", async (t) => {
  try {
    execFileSync("zstd", ["--version"])
  } catch {
    return t.skip("needs zstd")
  }
  const path = await packSample(folder, MEMBERS)
  const names = execFileSync("tar", ["--zstd", "--quoting-style=literal", "-tf", path], { encoding: "utf8" })
  assert.deepEqual(names.trimEnd().split("\n"), [
    ...MEMBERS.map((member) => member.path),
    "index.json",
    "signature.json",
  ])
  for (const { path: name, body } of MEMBERS)
    assert.ok(execFileSync("tar", ["--zstd", "-xOf", path, name], { maxBuffer: 2 ** 24 }).equals(body), name)
})

/** Every member and every part of the packing that a byte can belong to. */
const NAMED =
  /member "[^"]+": (bytes \d+ to \d+ of the file|the signature)|bytes \d+ to \d+, after the last member|the table at its end|does not end with its table|its table tells of \d+ bytes/

test("a byte that was changed, wherever in the file, is found and named", async () => {
  const bytes = await readFile(await packSample(folder, MEMBERS))
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
      await refuses(bytes, at, mask)
    }),
    { numRuns: 60 },
  )
})

test("every byte of a small bundle is held: none can be changed without a word", async () => {
  const bytes = await readFile(await packSample(folder, MEMBERS.slice(0, 2)))
  // All of what is packed tightly, and of the headers, which are nearly empty, every seventh byte.
  for (let at = 0; at < bytes.length; at += bytes.readUInt8(at) === 0 ? 7 : 1) await refuses(bytes, at, 1 << (at % 8))
})

async function refuses(bytes: Buffer, at: number, mask: number): Promise<void> {
  const tampered = Buffer.from(bytes)
  tampered.writeUInt8(tampered.readUInt8(at) ^ mask, at)
  const path = await changed(join(folder, "tampered"), tampered)
  await assert.rejects(readWhole(path), (error) => {
    assert.ok(isGeartrainError(error), String(error))
    assert.ok(["BUNDLE_DAMAGED", "BUNDLE_TRUNCATED"].includes(error.code), `byte ${at}: ${error.code}`)
    assert.match(error.message, NAMED, `byte ${at}`)
    return true
  })
}

test("a byte in the middle of a member is told by the member's name", async () => {
  const bytes = await readFile(await packSample(folder, MEMBERS))
  const at = bytes.indexOf(noise(20_000).subarray(64, 96))
  assert.ok(at > 0, "what does not compress lies there as it is")
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at)
  await assert.rejects(readWhole(await changed(join(folder, "middle"), bytes)), (error: Error) => {
    assert.ok(error.message.includes(`member "${LONG}": bytes `), error.message)
    return true
  })
})

test("a bundle that was cut short, or has something behind its end, is refused", async () => {
  const bytes = await readFile(await packSample(folder, MEMBERS))
  for (const length of [5, 100, bytes.length - 1, Math.floor(bytes.length / 2)]) {
    const path = await changed(join(folder, "short"), bytes.subarray(0, length))
    await assert.rejects(readWhole(path), { code: "BUNDLE_TRUNCATED" })
  }
  const longer = await changed(join(folder, "long"), Buffer.concat([bytes, Buffer.from([0])]))
  await assert.rejects(readWhole(longer), { code: "BUNDLE_TRUNCATED" })
  // A byte less in front, and the table no longer tells of the whole file.
  await assert.rejects(readWhole(await changed(join(folder, "front"), bytes.subarray(1))), {
    code: "BUNDLE_TRUNCATED",
  })
})
