import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { constants, createZstdCompress, gzipSync, zstdCompressSync } from "node:zlib"
import type { ErrorCode } from "@geartrain/spec"
import { makeEntry, makeNote, makeTar, paxRecord, type TestEntry, writeField } from "./support/make-tar.ts"
import { pathsOf, refusal, type TestOptions } from "./support/read-image.ts"

const folder = (path: string): TestEntry => ({ path, type: "folder" })

/** Refused with this code, and a message that has these words. */
async function refused(tar: Uint8Array, code: ErrorCode, words: RegExp, options: TestOptions = {}): Promise<void> {
  const error = await refusal(tar, options)
  assert.equal(error.code, code, error.message)
  assert.match(error.message, words)
  assert.match(error.message, /^Cannot read image "-": /)
}

describe("A tar archive that leads outside is refused", () => {
  it("when a name goes up", async () => {
    await refused(makeTar([{ path: "../evil", body: "x" }]), "IMAGE_PATH_OUTSIDE", /entry "\.\.\/evil" leads upwards/)
    await refused(makeTar([{ path: "a/../../evil" }]), "IMAGE_PATH_OUTSIDE", /leads upwards/)
    await refused(makeTar([{ path: "a/..", type: "folder" }]), "IMAGE_PATH_OUTSIDE", /leads upwards/)
  })

  it("when a name is absolute", async () => {
    await refused(makeTar([{ path: "/etc/passwd", body: "x" }]), "IMAGE_PATH_OUTSIDE", /begins with a slash/)
  })

  it("when a name is long and absolute, or long and goes up", async () => {
    const deep = "d/".repeat(120)
    await refused(makeTar([{ path: `/${deep}x` }]), "IMAGE_PATH_OUTSIDE", /begins with a slash/)
    await refused(makeTar([{ path: `${deep}../x` }]), "IMAGE_PATH_OUTSIDE", /leads upwards/)
  })

  it("when a hard link does", async () => {
    const link = (target: string): TestEntry => ({ path: "shadow", type: "hard-link", target })
    await refused(
      makeTar([link("/etc/shadow")]),
      "IMAGE_PATH_OUTSIDE",
      /links to "\/etc\/shadow", which begins with a slash/,
    )
    await refused(makeTar([link("../../etc/shadow")]), "IMAGE_PATH_OUTSIDE", /leads upwards/)
  })

  it("when a file lies behind a link", async () => {
    const link = (target: string): TestEntry => ({ path: "x", type: "link", target })
    for (const target of ["/etc", "../../etc", "there", "."]) {
      const tar = makeTar([folder("there"), link(target), { path: "x/passwd", body: "root::0:0" }])
      await refused(tar, "IMAGE_PATH_THROUGH_LINK", /entry "x\/passwd" .*lies in "x", which is a link/)
    }
  })

  it("when a hard link goes through a link", async () => {
    const entries: TestEntry[] = [
      { path: "x", type: "link", target: "/etc" },
      { path: "y", type: "hard-link", target: "x/passwd" },
    ]
    await refused(makeTar(entries), "IMAGE_LINK_TARGET_MISSING", /which did not come before it/)
  })

  it("but a link may point anywhere, since it means something in the box only", async () => {
    const entries: TestEntry[] = [
      { path: "absolute", type: "link", target: "/etc/passwd" },
      { path: "up", type: "link", target: "../../../etc/passwd" },
    ]
    assert.deepEqual(await pathsOf(makeTar(entries)), ["absolute", "up"])
  })
})

describe("A tar archive with impossible names is refused", () => {
  it("when a name is not UTF-8", async () => {
    const bad = makeTar([{ path: "caf_", change: (block) => void block.writeUInt8(0xe9, 3) }])
    await refused(bad, "IMAGE_NAME_NOT_UTF8", /entry "café" .*has a name that is not UTF-8/)
    const inTarget = makeTar([
      { path: "l", type: "link", target: "t", change: (block) => void block.writeUInt8(0xff, 157) },
    ])
    await refused(inTarget, "IMAGE_NAME_NOT_UTF8", /target that is not UTF-8/)
    const pax = makeNote("x", Buffer.concat([Buffer.from("9 path="), Buffer.from([0xff, 0x0a])]))
    await refused(makeTar([{ path: "a", before: pax }]), "IMAGE_NAME_NOT_UTF8", /name that is not UTF-8/)
  })

  it("when a name has a NUL in it, or is empty", async () => {
    const before = makeNote("x", paxRecord("path", "a\0b"))
    await refused(makeTar([{ path: "a", before }]), "IMAGE_NAME_INVALID", /a name with a NUL in it/)
    const nameless = makeTar([{ path: "a", change: (block) => void block.fill(0, 0, 100) }])
    await refused(nameless, "IMAGE_NAME_INVALID", /an empty name/)
    await refused(makeTar([{ path: "l", type: "link", target: "" }]), "IMAGE_NAME_INVALID", /an empty target/)
  })

  it("when a name, a path or a target is too long, or lies too deep", async () => {
    await refused(makeTar([{ path: "n".repeat(256) }]), "IMAGE_NAME_TOO_LONG", /name of 256 bytes, and may have 255/)
    await refused(makeTar([{ path: "ü".repeat(128) }]), "IMAGE_NAME_TOO_LONG", /name of 256 bytes/)
    await refused(makeTar([{ path: "1234567/".repeat(512) }]), "IMAGE_NAME_TOO_LONG", /more than 256 folders deep/)
    const long = `${"n".repeat(200)}/`.repeat(21)
    await refused(makeTar([{ path: long }]), "IMAGE_NAME_TOO_LONG", /path of more than 4095 bytes/)
    await refused(
      makeTar([{ path: "l", type: "link", target: "t".repeat(4096) }]),
      "IMAGE_NAME_TOO_LONG",
      /target of 4096 bytes/,
    )
    await refused(makeTar([folder("d/".repeat(257))]), "IMAGE_NAME_TOO_LONG", /deep/)
  })

  it("when a name is that of a whiteout, which a flat tar has no use for", async () => {
    await refused(makeTar([{ path: "a/.wh.b" }]), "IMAGE_NAME_INVALID", /".wh.b", which takes a file away/)
    await refused(makeTar([{ path: "a/.wh..wh..opq" }]), "IMAGE_NAME_INVALID", /takes a file away/)
  })

  it("but names may have line feeds, spaces, quotes, and letters of every script", async () => {
    const names = ["a\nb", " ", "'\"\\", "中文", "🙂", "\u007f\u0001"]
    assert.deepEqual(new Set(await pathsOf(makeTar(names.map((path) => ({ path }))))), new Set(names))
  })
})

describe("A tar archive that says a thing twice is refused", () => {
  it("when two entries have one name, however it is written", async () => {
    await refused(makeTar([{ path: "a" }, { path: "a" }]), "IMAGE_ENTRY_TWICE", /entry "a" .*is there twice/)
    await refused(makeTar([{ path: "a/b" }, { path: "./a//b" }]), "IMAGE_ENTRY_TWICE", /is there twice/)
    await refused(makeTar([{ path: "a" }, { path: "a", type: "hard-link", target: "a" }]), "IMAGE_ENTRY_TWICE", /twice/)
  })

  it("when a name is a folder and a file", async () => {
    await refused(makeTar([{ path: "a/b" }, { path: "a" }]), "IMAGE_ENTRY_TWICE", /entry "a"/)
    await refused(makeTar([folder("a"), { path: "a" }]), "IMAGE_ENTRY_TWICE", /entry "a"/)
    await refused(makeTar([{ path: "a" }, folder("a")]), "IMAGE_ENTRY_TWICE", /entry "a/)
    await refused(
      makeTar([{ path: "a" }, { path: "a/b" }]),
      "IMAGE_PATH_THROUGH_LINK",
      /lies in "a", which is no folder/,
    )
  })

  it("but a folder may be there twice, and the last counts", async () => {
    const tar = makeTar([{ ...folder("a"), mode: 0o700 }, { path: "a/b" }, { ...folder("a"), mode: 0o750 }])
    assert.deepEqual(await pathsOf(tar), ["a", "a/b"])
  })
})

describe("A hard link without a file is refused", () => {
  it("when its target is missing, comes later, or is a folder", async () => {
    const link: TestEntry = { path: "l", type: "hard-link", target: "f" }
    await refused(makeTar([link]), "IMAGE_LINK_TARGET_MISSING", /hard link to "f", which did not come before it/)
    await refused(makeTar([link, { path: "f" }]), "IMAGE_LINK_TARGET_MISSING", /did not come before it/)
    await refused(makeTar([folder("f"), link]), "IMAGE_LINK_TARGET_MISSING", /which is a folder/)
  })
})

describe("A damaged tar archive is refused", () => {
  const good = makeTar([
    { path: "a", body: "x".repeat(2000) },
    { path: "b", body: "y" },
  ])

  it("when it is cut short, wherever", async () => {
    for (const length of [100, 512, 513, 1500, 2560, 2600, 3072, 3073, 3583]) {
      const error = await refusal(good.subarray(0, length))
      assert.ok(["IMAGE_TRUNCATED", "IMAGE_FORMAT_UNKNOWN"].includes(error.code), `${length}: ${error.message}`)
    }
    await refused(good.subarray(0, 2000), "IMAGE_TRUNCATED", /entry "a" is cut short/)
    await refused(good.subarray(0, good.length - 1024), "IMAGE_TRUNCATED", /ends without an end marker/)
  })

  it("when it is empty, or something else", async () => {
    await refused(Buffer.alloc(0), "IMAGE_FORMAT_UNKNOWN", /it is empty/)
    await refused(Buffer.alloc(2000, "no tar"), "IMAGE_FORMAT_UNKNOWN", /it is no tar archive/)
    await refused(
      Buffer.from("\xfd7zXZ\0 and so on", "latin1"),
      "IMAGE_FORMAT_UNKNOWN",
      /compressed in a way that is not read/,
    )
    await refused(Buffer.from("PK\x03\x04 and so on"), "IMAGE_FORMAT_UNKNOWN", /compressed in a way/)
  })

  it("when a checksum is wrong", async () => {
    const bad = Buffer.from(good)
    bad.writeUInt8(0x42, 2560)
    await refused(bad, "IMAGE_DAMAGED", /no header with a right checksum at byte 2560/)
  })

  it("when a number is none, or negative", async () => {
    const change = (offset: number, text: string) =>
      makeTar([{ path: "a", change: (block) => writeField(block, offset, text) }])
    await refused(change(124, "0000000x000\0"), "IMAGE_DAMAGED", /a size that cannot be read/)
    await refused(change(108, "9999999\0"), "IMAGE_DAMAGED", /a user id that cannot be read/)
    await refused(change(100, "abcdefg\0"), "IMAGE_DAMAGED", /a mode that cannot be read/)
    const negative = makeTar([{ path: "a", change: (block) => void block.fill(0xff, 124, 136) }])
    await refused(negative, "IMAGE_DAMAGED", /a negative size/)
    const owner = makeTar([{ path: "a", change: (block) => void block.fill(0xff, 108, 116) }])
    await refused(owner, "IMAGE_DAMAGED", /owner of -1:0/)
    const before = makeNote("x", paxRecord("size", "-5"))
    await refused(makeTar([{ path: "a", before }]), "IMAGE_DAMAGED", /a size that cannot be read/)
    const huge = makeNote("x", paxRecord("uid", "4294967295"))
    await refused(makeTar([{ path: "a", before: huge }]), "IMAGE_DAMAGED", /owner of 4294967295:0/)
  })

  it("when something that is no file has a size, since readers disagree on whether bytes follow", async () => {
    for (const type of ["folder", "link", "fifo", "character-device"] as const) {
      const change = (block: Buffer): void => writeField(block, 124, "00000001000\0")
      await refused(makeTar([{ path: "a", type, target: "t", change }]), "IMAGE_DAMAGED", /and has a size of 512/)
    }
  })

  it("when a device has a number that Linux cannot hold", async () => {
    const tar = makeTar([{ path: "d", type: "block-device", major: 4096, minor: 0 }])
    await refused(tar, "IMAGE_DAMAGED", /device number 4096:0/)
  })

  it("when PAX records are damaged", async () => {
    for (const body of ["99 path=x\n", "x path=y\n", "10 pathxyz\n", "8 path=a", "7 =abc\n", "0 a=b\n"]) {
      const tar = makeTar([{ path: "a", before: makeNote("x", body) }])
      await refused(tar, "IMAGE_DAMAGED", /extended header at byte 512 cannot be understood/)
    }
    await refused(
      makeTar([], { end: makeNote("x", paxRecord("path", "a")) }),
      "IMAGE_TRUNCATED",
      /middle of the header/,
    )
  })

  it("when an entry is of a type that no filesystem has", async () => {
    for (const flag of ["D", "M", "A", "S", "\x01", "s"]) {
      const tar = makeTar([{ path: "a", change: (block) => writeField(block, 156, flag) }])
      await refused(tar, "IMAGE_ENTRY_UNSUPPORTED", /is of type/)
    }
  })

  it("when bytes follow its end", async () => {
    await refused(Buffer.concat([good, good]), "IMAGE_DAMAGED", /more bytes follow the end/)
    const lone = Buffer.concat([makeEntry({ path: "a" }), Buffer.alloc(512), makeTar([{ path: "b" }])])
    await refused(lone, "IMAGE_DAMAGED", /more bytes follow the end/)
  })

  it("when its compression is damaged or cut short", async () => {
    for (const packed of [gzipSync(good), zstdCompressSync(good)]) {
      await refused(packed.subarray(0, packed.length - 9), "IMAGE_TRUNCATED", /compressed data end too early/)
      const damaged = Buffer.from(packed)
      damaged.fill(0x55, 20, 40)
      // Some damage is found by the checksum at the end only, after what came out was seen to be no tar.
      const error = await refusal(damaged)
      assert.ok(["IMAGE_DAMAGED", "IMAGE_FORMAT_UNKNOWN"].includes(error.code), error.message)
    }
  })
})

describe("An archive that needs much memory to unpack", () => {
  it("is refused with the command that unpacks it", async () => {
    const packer = createZstdCompress({ params: { [constants.ZSTD_c_windowLog]: 30 } })
    packer.end(makeTar([{ path: "a" }]))
    const chunks: Uint8Array[] = []
    for await (const chunk of packer) chunks.push(chunk as Uint8Array)
    const error = await refusal(Buffer.concat(chunks))
    assert.equal(error.code, "IMAGE_FORMAT_UNKNOWN", error.message)
    assert.match(error.hint ?? "", /zstd --decompress --long=31/)
  })
})

describe("A tar archive with bad attributes is refused", () => {
  it("when an access list cannot be understood, or names somebody", async () => {
    for (const text of [
      "user::rwx,user:ann:r-x,group::r--,mask::r-x,other::---",
      "nonsense",
      "user::rwx",
      "user::rwz,group::r--,other::r--",
    ]) {
      const before = makeNote("x", paxRecord("SCHILY.acl.access", text))
      await refused(makeTar([{ path: "a", before }]), "IMAGE_ACL_UNREADABLE", /record "SCHILY.acl.access" that cannot/)
    }
    const before = makeNote("x", paxRecord("SCHILY.acl.ace", "owner@:rw"))
    await refused(makeTar([{ path: "a", before }]), "IMAGE_ACL_UNREADABLE", /SCHILY.acl.ace/)
    const xattrs = new Map([["system.posix_acl_access", Buffer.from("no list")]])
    await refused(makeTar([{ path: "a", xattrs }]), "IMAGE_ACL_UNREADABLE", /system.posix_acl_access/)
  })

  it("when an extended attribute is larger than Linux allows, or on what can have none", async () => {
    const large = new Map([["user.large", Buffer.alloc(65_537)]])
    await refused(
      makeTar([{ path: "a", xattrs: large }]),
      "IMAGE_METADATA_TOO_LARGE",
      /too large, such as "user.large"/,
    )
    const named = new Map([[`user.${"n".repeat(251)}`, Buffer.alloc(1)]])
    await refused(makeTar([{ path: "a", xattrs: named }]), "IMAGE_METADATA_TOO_LARGE", /too large/)
    const some = new Map([["user.some", Buffer.alloc(1)]])
    await refused(
      makeTar([{ path: "l", type: "link", target: "t", xattrs: some }]),
      "IMAGE_ENTRY_UNSUPPORTED",
      /user.some/,
    )
    await refused(makeTar([{ path: "p", type: "fifo", xattrs: some }]), "IMAGE_ENTRY_UNSUPPORTED", /is a fifo with/)
  })

  it("when all of them together take too much", async () => {
    const entries = Array.from({ length: 600 }, (_, index) => ({
      path: String(index),
      xattrs: new Map([["user.some", Buffer.alloc(65_000)]]),
    }))
    await refused(makeTar(entries), "IMAGE_METADATA_TOO_LARGE", /extended attributes that are too large/)
  })
})

describe("A bomb is refused", () => {
  it("of headers: too large, or too many for one entry", async () => {
    const large = makeEntry({
      path: "note",
      change: (block) => {
        writeField(block, 124, "77777777777\0")
        writeField(block, 156, "x")
      },
    })
    await refused(large, "IMAGE_METADATA_TOO_LARGE", /has 8589934591 bytes, and may have/)
    const many = Buffer.concat(Array.from({ length: 30 }, () => makeNote("g", paxRecord("comment", "x"))))
    await refused(
      makeTar([{ path: "a", before: many }]),
      "IMAGE_METADATA_TOO_LARGE",
      /more than 16 headers for one entry/,
    )
  })

  it("of entries", async () => {
    const entries = Array.from({ length: 50 }, (_, index) => ({ path: String(index) }))
    await refused(makeTar(entries), "IMAGE_TOO_MANY_ENTRIES", /more than 40 entries/, { limits: { maxEntries: 40 } })
    await refused(makeTar([{ path: "a/".repeat(50) }]), "IMAGE_TOO_MANY_ENTRIES", /more than 40/, {
      limits: { maxEntries: 40 },
    })
  })

  it("of gzip or zstd, by default", async () => {
    const zeros = Buffer.alloc(64 * 1024 * 1024)
    const size = 2 ** 31
    const start = makeEntry({ path: "zeros", size }).subarray(0, 512)
    const gzipped = Buffer.concat([gzipSync(start), ...Array(32).fill(gzipSync(zeros))])
    await refused(gzipped, "IMAGE_TOO_LARGE", /more than 100 times its size/)
    const zstd = Buffer.concat([zstdCompressSync(start), ...Array(32).fill(zstdCompressSync(zeros))])
    await refused(zstd, "IMAGE_TOO_LARGE", /more than 100 times its size/)
  })

  it("of holes, by default and before a byte of them is hashed", async () => {
    const size = 10 * 2 ** 30
    const sparse = makeTar([{ path: "disk", size, segments: [], body: "" }])
    await refused(sparse, "IMAGE_TOO_LARGE", /entry "disk" brings the holes of its sparse files to 10737418240 bytes/)
  })

  it("of size", async () => {
    const limits = { maxUnpackedBytes: 1000, freeBytes: 100_000 }
    await refused(
      makeTar([
        { path: "a", body: "x".repeat(600) },
        { path: "b", body: "x".repeat(600) },
      ]),
      "IMAGE_TOO_LARGE",
      /entry "b" brings the unpacked image above 1000 bytes/,
      { limits },
    )
  })

  it("but a file with a large hole in much data is none", async () => {
    const limits = { freeBytes: 1000 }
    const tar = makeTar([
      { path: "sparse", size: 50_000, segments: [{ offset: 0, length: 10 }], body: "0123456789" },
      { path: "data", body: "x".repeat(9000) },
    ])
    assert.deepEqual(await pathsOf(tar, { limits }), ["data", "sparse"])
  })
})

describe("A sparse map that lies is refused", () => {
  const body = "12345678"
  const sparse = (map: string, realSize: number): TestEntry => ({
    path: "s",
    body,
    before: makeNote("x", paxRecord("GNU.sparse.size", String(realSize)) + paxRecord("GNU.sparse.map", map)),
  })

  it("when it overlaps, goes backwards, leaves the file, or names more bytes than there are", async () => {
    for (const map of ["0,4,2,4", "8,4,0,4", "0,8,100,1", "98,8", "0,4", "0,9", "0,4,4", "a,b", "0,8,8,-1"]) {
      await refused(makeTar([sparse(map, 100)]), "IMAGE_DAMAGED", /a sparse map that cannot be understood/)
    }
    assert.deepEqual(await pathsOf(makeTar([sparse("0,4,50,4", 100)])), ["s"])
  })

  it("when it is of a version that nobody has written down", async () => {
    const before = makeNote(
      "x",
      paxRecord("GNU.sparse.major", "2") + paxRecord("GNU.sparse.minor", "0") + paxRecord("GNU.sparse.realsize", "5"),
    )
    await refused(makeTar([{ path: "s", before }]), "IMAGE_DAMAGED", /sparse map/)
  })

  it("when a map in the body runs out of it, or is no list of numbers", async () => {
    const before = makeNote(
      "x",
      paxRecord("GNU.sparse.major", "1") +
        paxRecord("GNU.sparse.minor", "0") +
        paxRecord("GNU.sparse.realsize", "5000"),
    )
    for (const map of ["3\n0\n1\n", "1\nx\n1\n", "99999999999\n", "1".repeat(600), "0\n0\n0\n0\n"]) {
      await refused(
        makeTar([
          {
            path: "s",
            before,
            body: Buffer.concat([Buffer.from(map), Buffer.alloc(1024 - map.length)]).subarray(0, 1024),
          },
        ]),
        "IMAGE_DAMAGED",
        /sparse map/,
      )
    }
  })
})
