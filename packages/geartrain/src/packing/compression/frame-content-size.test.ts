import assert from "node:assert/strict"
import { test } from "node:test"
import { zstdCompressSync } from "node:zlib"
import { frameContentSize } from "./frame-content-size.ts"

test("frames of a real compressor say the size of what was packed, in fields of every length", () => {
  for (const size of [0, 1, 255, 256, 257, 65_535, 65_536, 65_791, 65_792, 1_000_000])
    assert.equal(frameContentSize(zstdCompressSync(Buffer.alloc(size, "ab"))), size, String(size))
})

test("a frame is read where it lies in a larger buffer", () => {
  const frame = zstdCompressSync(Buffer.alloc(300))
  const larger = Buffer.concat([Buffer.alloc(3, 9), frame])
  assert.equal(frameContentSize(larger.subarray(3)), 300)
})

test("a size of 64 bits is read", () => {
  const header = Buffer.alloc(14)
  header.writeUInt32LE(0xfd2fb528, 0)
  header[4] = 0xc0
  header.writeBigUInt64LE(2n ** 40n + 1n, 6)
  assert.equal(frameContentSize(header), 2 ** 40 + 1)
})

test("a frame that does not say its size, is cut off, or is none, has none", () => {
  const unsaid = Buffer.alloc(14)
  unsaid.writeUInt32LE(0xfd2fb528, 0)
  assert.equal(frameContentSize(unsaid), undefined)
  const frame = zstdCompressSync(Buffer.alloc(300))
  for (let length = 0; length < 6; length++) assert.equal(frameContentSize(frame.subarray(0, length)), undefined)
  assert.equal(frameContentSize(Buffer.from("no frame at all")), undefined)
})
