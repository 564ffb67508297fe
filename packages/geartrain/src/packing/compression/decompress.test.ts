import assert from "node:assert/strict"
import { test } from "node:test"
import { constants, gzipSync, zstdCompressSync } from "node:zlib"
import fc from "fast-check"
import { compressionOf, decompress } from "./decompress.ts"

const PLACE = { reference: "a.tar.gz" }

async function* pieces(bytes: Uint8Array, size: number, error?: Error): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
  if (error !== undefined) throw error
}

async function unpacked(bytes: Uint8Array, size = 700): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of decompress(pieces(bytes, size), PLACE)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

test("gzip, zstd and plain bytes come out as they went in, in whatever pieces, also when they are few or several members", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), fc.integer({ min: 1, max: 999 }), async (bytes, size) => {
      fc.pre(bytes[0] !== 0x1f && bytes[0] !== 0x28 && bytes[0] !== 0xfd && bytes[0] !== 0x42)
      for (const packed of [gzipSync(bytes), zstdCompressSync(bytes)]) {
        assert.ok((await unpacked(packed, size)).equals(bytes))
        assert.ok((await unpacked(Buffer.concat([packed, packed]), size)).equals(Buffer.concat([bytes, bytes])))
      }
      assert.ok((await unpacked(bytes, size)).equals(bytes))
    }),
    { numRuns: 25 },
  )
})

test("a small frame that unpacks to very much comes a piece at a time", async () => {
  const sizeBytes = 40 * 1024 * 1024
  const frame = zstdCompressSync(Buffer.alloc(sizeBytes))
  assert.ok(frame.length < 1024 * 1024)
  let total = 0
  for await (const piece of decompress(pieces(frame, 4096), PLACE)) {
    assert.ok(piece.length <= 256 * 1024)
    total += piece.length
  }
  assert.equal(total, sizeBytes)
})

test("data that are cut short or changed are refused by name", async () => {
  const bytes = Buffer.from("some text that has a length".repeat(100))
  // Without its checksum a changed zstd frame may unpack to other bytes; the digests of an image find that.
  const withChecksum = zstdCompressSync(bytes, { params: { [constants.ZSTD_c_checksumFlag]: 1 } })
  for (const packed of [gzipSync(bytes), withChecksum]) {
    await assert.rejects(unpacked(packed.subarray(0, packed.length - 5)), { code: "IMAGE_TRUNCATED" })
    const changed = Buffer.from(packed)
    changed.fill(0xa5, 15, 25)
    await assert.rejects(unpacked(changed), { code: /^IMAGE_(DAMAGED|TRUNCATED)$/ })
  }
})

test("an error of the source comes through as it is", async () => {
  const reason = new Error("the network is gone")
  for (const packed of [
    gzipSync("text".repeat(1000)),
    zstdCompressSync("text".repeat(1000)),
    Buffer.from("plain text"),
  ]) {
    const reading = (async () => {
      for await (const _ of decompress(pieces(packed.subarray(0, -3), 10, reason), PLACE));
    })()
    await assert.rejects(reading, reason)
  }
})

test("whoever stops reading has the source closed", async () => {
  let closed = false
  const source = (async function* () {
    try {
      for (;;) yield Buffer.alloc(1000, "x")
    } finally {
      closed = true
    }
  })()
  for await (const _ of decompress(source, PLACE)) break
  assert.ok(closed)
})

test("what is packed in another way is named, with the command that unpacks it", () => {
  for (const [start, command] of [
    ["\xfd7zXZ\0", "xz"],
    ["BZh91A", "bzip2"],
    ["\x04\x22\x4d\x18ab", "lz4"],
    ["PK\x03\x04ab", "unzip"],
  ] as const) {
    assert.throws(
      () => compressionOf(Buffer.from(start, "latin1"), PLACE),
      (error: { code?: string; hint?: string }) => {
        assert.equal(error.code, "IMAGE_FORMAT_UNKNOWN")
        assert.match(error.hint ?? "", new RegExp(`^Unpack it with ${command} `))
        return true
      },
    )
  }
  assert.equal(compressionOf(Buffer.alloc(0), PLACE), "none")
  assert.equal(compressionOf(Buffer.from([0x1f]), PLACE), "none")
  assert.equal(
    compressionOf(Buffer.from([0x5f, 0x2a, 0x4d, 0x18]), PLACE),
    "zstd",
    "a frame to be skipped is zstd's, too",
  )
})
