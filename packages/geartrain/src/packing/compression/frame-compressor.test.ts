import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { test } from "node:test"
import { zstdDecompressSync } from "node:zlib"
import { FrameCompressor } from "./frame-compressor.ts"
import { frameContentSize } from "./frame-content-size.ts"
import { ZstdFrameSplitter } from "./zstd-frames.ts"

const FRAMES = { mostBytes: 1024 * 1024, checksum: true }
const TEXT = Buffer.from(Array.from({ length: 40_000 }, (_, line) => `line ${line} of a text\n`).join(""))
/** Of all kinds, and more of them than there are compressors. */
const PIECES: readonly Buffer[] = [
  Buffer.from("x"),
  TEXT,
  randomBytes(1024 * 1024),
  Buffer.alloc(1024 * 1024),
  TEXT.subarray(5, 70_000),
  randomBytes(300),
  Buffer.alloc(100_000, "ab"),
  TEXT.subarray(0, 1024 * 1024 - 1),
  Buffer.from("y"),
]

function isOneFrame(bytes: Buffer): boolean {
  const splitter = new ZstdFrameSplitter()
  const parts = splitter.split(bytes)
  return parts !== undefined && splitter.isBetweenFrames && parts.filter(({ isLast }) => isLast).length === 1
}

test("each piece is one frame that tells its size, whatever was packed before it and beside it", async () => {
  const compressor = new FrameCompressor({ ...FRAMES, level: 2 })
  const frames = await Promise.all(PIECES.map((piece) => compressor.pack(piece)))
  for (const [index, piece] of PIECES.entries()) {
    const frame = frames[index] as Buffer
    assert.ok(isOneFrame(frame), `piece ${index}`)
    assert.equal(frameContentSize(frame), piece.length)
    assert.ok(zstdDecompressSync(frame).equals(piece), `piece ${index}`)
  }
  compressor.close()
})

test("the bytes of a frame do not tell which compressor packed it, nor what that had packed before", async () => {
  const used = new FrameCompressor({ ...FRAMES, level: 2 })
  await Promise.all([...PIECES, ...PIECES].map((piece) => used.pack(piece)))
  for (const piece of PIECES.toReversed()) {
    const fresh = new FrameCompressor({ ...FRAMES, level: 2 })
    assert.ok((await used.pack(piece)).equals(await fresh.pack(piece)), `${piece.length} bytes`)
    fresh.close()
  }
  used.close()
})

test("what is closed may be used again", async () => {
  const compressor = new FrameCompressor({ ...FRAMES, level: 1 })
  const before = await compressor.pack(TEXT)
  compressor.close()
  assert.ok((await compressor.pack(TEXT)).equals(before))
  compressor.close()
})
