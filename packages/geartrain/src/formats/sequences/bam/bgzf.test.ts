import assert from "node:assert/strict"
import { test } from "node:test"
import { crc32, deflateRawSync, gzipSync } from "node:zlib"
import { gunzip, isGzip } from "../../containers/gunzip.ts"
import { UnfitFile } from "../../unfit-file.ts"
import { isBgzf, unpackBlocks, wholeBlocks } from "./bgzf.ts"

function block(text: string): Buffer {
  const packed = deflateRawSync(text)
  const head = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 6, 0, 0x42, 0x43, 2, 0, 0, 0])
  head.writeUInt16LE(head.length + packed.length + 7, 16)
  const tail = Buffer.alloc(8)
  tail.writeUInt32LE(crc32(text), 0)
  tail.writeUInt32LE(Buffer.byteLength(text), 4)
  return Buffer.concat([head, packed, tail])
}

const TWO = Buffer.concat([block("first"), block("second!")])

test("blocks are told from plain gzip, and from anything shorter than a head", () => {
  assert.ok(isBgzf(TWO))
  assert.ok(isBgzf(block("")))
  assert.ok(!isBgzf(gzipSync("x")))
  assert.ok(!isBgzf(TWO.subarray(0, 17)))
  assert.ok(isGzip(TWO) && isGzip(gzipSync("")) && !isGzip(Buffer.alloc(18)))
})

test("only blocks that are whole are counted, with what they unpack to", () => {
  const first = block("first").length
  assert.deepEqual(wholeBlocks(TWO, TWO.length), { length: TWO.length, count: 2, unpackedBytes: 12 })
  assert.deepEqual(wholeBlocks(TWO, TWO.length - 1), { length: first, count: 1, unpackedBytes: 5 })
  assert.deepEqual(wholeBlocks(TWO, first - 1), { length: 0, count: 0, unpackedBytes: 0 })
  assert.deepEqual(wholeBlocks(TWO, TWO.length, 1), { length: first, count: 1, unpackedBytes: 5 })
})

test("a block without a length, of no possible one, or that says to unpack to too much is refused", () => {
  const changed = (change: (bytes: Buffer) => void) => {
    const bytes = Buffer.from(TWO)
    change(bytes)
    return bytes
  }
  for (const bytes of [
    changed((of) => of.writeUInt8(0x43, 12)),
    changed((of) => of.writeUInt16LE(5, 16)),
    changed((of) => of.writeUInt32LE(65_537, block("first").length - 4)),
  ])
    assert.throws(() => wholeBlocks(bytes, bytes.length), UnfitFile)
})

test("blocks are unpacked together; a damaged one, and one that holds more than it says, are refused", async () => {
  assert.equal(String(await unpackBlocks(TWO, 12)), "firstsecond!")
  assert.equal((await unpackBlocks(Buffer.alloc(0), 0)).length, 0)
  await assert.rejects(unpackBlocks(TWO, 5), UnfitFile)
  const damaged = Buffer.from(TWO)
  damaged[20] = (damaged[20] ?? 0) ^ 0xff
  await assert.rejects(unpackBlocks(damaged, 12), UnfitFile)
})

async function unzipped(...pieces: readonly Uint8Array[]): Promise<string> {
  async function* each(): AsyncGenerator<Uint8Array> {
    yield* pieces
  }
  const found: Uint8Array[] = []
  for await (const piece of gunzip(each())) found.push(piece)
  return Buffer.concat(found).toString()
}

test("members of gzip are unpacked one after the other, wherever they are cut", async () => {
  const whole = Buffer.concat([gzipSync("a"), TWO, gzipSync("z")])
  for (const at of [1, 9, 20, whole.length - 1])
    assert.equal(await unzipped(whole.subarray(0, at), whole.subarray(at)), "afirstsecond!z")
})

test("gzip that is cut short or damaged is told as such, and an error of the source as its own", async () => {
  const whole = gzipSync("some text")
  await assert.rejects(unzipped(whole.subarray(0, -3)), { message: "it is cut short" })
  const damaged = Buffer.from(whole)
  damaged[whole.length - 6] = (damaged[whole.length - 6] ?? 0) ^ 0xff
  await assert.rejects(unzipped(damaged), { message: "it is damaged" })
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield whole.subarray(0, 5)
    throw new RangeError("the disk")
  }
  await assert.rejects(async () => {
    for await (const _ of gunzip(broken()));
  }, RangeError)
})
