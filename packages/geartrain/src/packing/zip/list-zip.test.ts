import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import type { PackMember } from "../members/pack-member.ts"
import { listZip } from "./list-zip.ts"
import type { ByteSource } from "./window-reader.ts"
import { storedZipBytes, writeZip } from "./write-zip.ts"

function member(name: string, bytes: Uint8Array, modifiedMs?: number): PackMember {
  return {
    ...{ name, sizeBytes: bytes.length, ...(modifiedMs === undefined ? {} : { modifiedMs }) },
    async *bytes() {
      yield bytes
    },
  }
}

async function pack(members: readonly PackMember[], packing: "store" | "deflate" = "store"): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of writeZip(members, { packing })) pieces.push(piece)
  return Buffer.concat(pieces)
}

function source(bytes: Buffer): ByteSource {
  return {
    sizeBytes: bytes.length,
    async *part(start, end) {
      for (let at = start; at < end; at += 1000) yield bytes.subarray(at, Math.min(end, at + 1000))
    },
  }
}

test("what is written is listed, and a stored archive has the size that was told before", async () => {
  const names = fc.uniqueArray(fc.stringMatching(/^[a-z0-9é]{1,12}$/), { maxLength: 8 })
  const time = fc.option(fc.integer({ min: -(2 ** 42), max: 2 ** 43 }), { nil: undefined })
  await fc.assert(
    fc.asyncProperty(names, fc.uint8Array({ maxLength: 3000 }), time, async (each, bytes, modifiedMs) => {
      const members = each.map((name) => member(`d/${name}`, bytes, modifiedMs))
      const archive = await pack(members)
      assert.equal(archive.length, storedZipBytes(members))
      assert.deepEqual(archive, await pack(members))
      for (const zip of [archive, await pack(members, "deflate")]) {
        const listing = await listZip(source(zip))
        assert.ok(listing.ok, JSON.stringify(listing))
        assert.deepEqual(
          listing.members.map(({ name, kind, sizeBytes, doubt }) => ({ name, kind, sizeBytes, doubt })),
          members.map(({ name, sizeBytes }) => ({ name, kind: "file", sizeBytes, doubt: undefined })),
        )
      }
    }),
    { numRuns: 50 },
  )
})

test("members that no honest archive has are told of, each by itself", async () => {
  const archive = await pack(["aaaaaaa", "bbbbbbb", "ccccccc"].map((name) => member(name, Buffer.from("x"))))
  const hostile = Buffer.from(
    archive.toString("latin1").replaceAll("aaaaaaa", "../evil").replaceAll("bbbbbbb", "ccccccc"),
    "latin1",
  )
  const listing = await listZip(source(hostile))
  assert.ok(listing.ok)
  assert.deepEqual(
    listing.members.map(({ name, doubt }) => [name, doubt]),
    [
      ["../evil", "its name cannot be a path"],
      ["ccccccc", undefined],
      ["ccccccc", "another member has its name"],
    ],
  )
})

test("a link and an encrypted member are told", async () => {
  const archive = await pack([member("link", Buffer.from("/etc")), member("secret", Buffer.from("x"))])
  const first = archive.indexOf("PK\x01\x02")
  archive.writeUInt32LE((0o120777 << 16) >>> 0, first + 38)
  const second = archive.indexOf("PK\x01\x02", first + 4)
  archive.writeUInt16LE(archive.readUInt16LE(second + 8) | 1, second + 8)
  // Of an encrypted member, twelve bytes are the key's.
  archive.writeUInt32LE(13, second + 20)
  const listing = await listZip(source(archive))
  assert.ok(listing.ok, JSON.stringify(listing))
  assert.deepEqual(
    listing.members.map(({ kind, isEncrypted, doubt }) => [kind, isEncrypted, doubt]),
    [
      ["link", false, "it is a link"],
      ["file", true, undefined],
    ],
  )
})

test("a bomb, too many members and what is no zip leave no list, and say why", async () => {
  const zeros = await pack([member("zeros", Buffer.alloc(100_000))], "deflate")
  const directory = zeros.indexOf("PK\x01\x02")
  zeros.writeUInt32LE(0xf000_0000, directory + 24)
  const overlapping = await pack([member("one", Buffer.alloc(500)), member("two", Buffer.alloc(500))])
  for (let at = overlapping.indexOf("PK\x01\x02"); at !== -1; at = overlapping.indexOf("PK\x01\x02", at + 4)) {
    overlapping.writeUInt32LE(900, at + 20)
    overlapping.writeUInt32LE(900, at + 24)
  }
  const many = await pack(Array.from({ length: 11 }, (_, index) => member(`${index}`, Buffer.alloc(0))))
  const whyNot = async (bytes: Buffer): Promise<string> => {
    const listing = await listZip(source(bytes), { mostMembers: 10 })
    return listing.ok ? "listed" : listing.why
  }
  assert.match(await whyNot(zeros), /100 times its size, which looks like a bomb/)
  assert.match(await whyNot(overlapping), /lie over one another/)
  assert.equal(await whyNot(many), "has more than 10 members")
  assert.match(await whyNot(many.subarray(0, -1)), /^is no zip archive that can be read: /)
  assert.match(await whyNot(Buffer.from("hello")), /^is no zip archive that can be read: /)
})

test("an archive with any byte changed is listed or refused, and nothing else happens", async () => {
  const archive = await pack([member("a/b.txt", Buffer.from("text"), 1e12), member("c", Buffer.alloc(30))], "deflate")
  for (let at = 0; at < archive.length; at++) {
    for (const value of [0, 0xff, archive.readUInt8(at) ^ 1]) {
      const changed = Buffer.from(archive)
      changed.writeUInt8(value, at)
      const listing = await listZip(source(changed))
      if (!listing.ok) assert.match(listing.why, /^(is no zip|has |would unpack)/)
    }
  }
})

test("bytes that cannot be read are no fault of the archive", async () => {
  const broken: ByteSource = {
    sizeBytes: 1000,
    // biome-ignore lint/correctness/useYield: it fails before there is anything
    async *part() {
      throw new TypeError("the disk is gone")
    },
  }
  await assert.rejects(listZip(broken), /the disk is gone/)
})

test("a member with other than its size, or with a name that is not safe, makes no archive", async () => {
  const short = { ...member("a", Buffer.from("four")), sizeBytes: 5 }
  const long = { ...member("a", Buffer.from("four")), sizeBytes: 3 }
  for (const wrong of [short, long, member("../a", Buffer.alloc(0)), member("a\\b", Buffer.alloc(0))])
    await assert.rejects(pack([wrong], "deflate"), RangeError)
})
