import assert from "node:assert/strict"
import { test } from "node:test"
import { constants, zstdCompressSync } from "node:zlib"
import fc from "fast-check"
import { ZstdFrameSplitter } from "./zstd-frames.ts"

function frame(text: string, checksum = false): Buffer {
  return zstdCompressSync(text, { params: { [constants.ZSTD_c_checksumFlag]: checksum ? 1 : 0 } })
}

function skippable(length: number): Buffer {
  const bytes = Buffer.alloc(8 + length, 0x28)
  bytes.writeUInt32LE(0x184d2a57, 0)
  bytes.writeUInt32LE(length, 4)
  return bytes
}

/** The frames that come out when the bytes go in in pieces of these lengths. */
function framesOf(bytes: Buffer, lengths: readonly number[]): readonly Buffer[] | undefined {
  const splitter = new ZstdFrameSplitter()
  const frames: Buffer[] = []
  let current: Buffer[] = []
  let start = 0
  for (let index = 0; start < bytes.length; index++) {
    const length = Math.max(1, lengths[index % Math.max(lengths.length, 1)] ?? bytes.length)
    const pieces = splitter.split(bytes.subarray(start, start + length))
    if (pieces === undefined) return undefined
    for (const piece of pieces) {
      current.push(Buffer.from(piece.bytes))
      if (!piece.isLast) continue
      frames.push(Buffer.concat(current))
      current = []
    }
    start += length
  }
  assert.ok(splitter.isBetweenFrames)
  assert.equal(current.length, 0)
  return frames
}

test("frames are told apart wherever the bytes are cut, and skippable ones are left out", () => {
  const frames = [
    frame(""),
    frame("a", true),
    frame("x".repeat(300_000)),
    frame(Array.from({ length: 40_000 }, (_, index) => index).join(), true),
  ]
  const stream = Buffer.concat([skippable(0), ...frames.flatMap((each, index) => [each, skippable(index * 100)])])
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 3000 }), { maxLength: 6 }), (lengths) => {
      assert.deepEqual(
        framesOf(stream, lengths)?.map((each) => each.toString("hex")),
        frames.map((each) => each.toString("hex")),
      )
    }),
    { numRuns: 30 },
  )
  assert.equal(framesOf(stream, [1])?.length, frames.length)
})

test("what is no frame is told", () => {
  assert.equal(framesOf(Buffer.from("no frame"), [3]), undefined)
  assert.equal(framesOf(Buffer.concat([frame("a"), Buffer.from("rest")]), []), undefined)
  const reserved = frame("abc")
  // The third kind of block is not defined.
  const header = reserved.length - 3 - 3
  reserved.writeUInt8((reserved[header] as number) | 0x06, header)
  assert.equal(framesOf(reserved, []), undefined)
})
