import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { type TestContext, test } from "node:test"
import { zstdDecompressSync } from "node:zlib"
import { scratchImage } from "../../../../../../test/stores/scratch-image.ts"
import { BLOCK_BYTES, BlockOutput } from "./block-output.ts"
import { BodyPacker } from "./body-packer.ts"
import { NO_TAIL, type PackedBody } from "./entry-record.ts"
import { TailTable } from "./tail-table.ts"

const TAIL_BYTES = 32 * 1024
/** Bytes that do not pack, the same each time. */
const NOISE = Buffer.concat(
  Array.from({ length: (4 * BLOCK_BYTES) / 32 }, (_, index) => createHash("sha256").update(`${index}`).digest()),
)
const TEXT = Buffer.alloc(4 * BLOCK_BYTES, "some text that packs well\n")

/** Bytes, or so many zeros that are told as a hole. */
type Part = Buffer | number

interface Packed {
  readonly bodies: readonly PackedBody[]
  /** What a file has when it is read as a reader would. */
  readonly read: (body: PackedBody) => Buffer
  readonly tailBlocks: number
  readonly bytes: Buffer
}

async function pack(files: readonly (readonly Part[])[], context: TestContext): Promise<Packed> {
  const image = await scratchImage(context, 96)
  const blocks = new BlockOutput(image.output)
  const tails = new TailTable(blocks)
  const packer = new BodyPacker(blocks, tails)
  const bodies: PackedBody[] = []
  for (const [index, parts] of files.entries()) {
    packer.begin(sizeOf(parts), (body) => {
      assert.equal(bodies[index], undefined, "a file is told once")
      bodies[index] = body
    })
    for (const part of parts) {
      if (typeof part === "number") packer.hole(part)
      else packer.data(part)
      await blocks.room()
    }
    packer.end()
  }
  tails.end()
  await blocks.end()
  await blocks.close()
  const bytes = await image.bytes()
  const records = tails.records()
  const block = (position: number, word: number): Buffer => {
    const packed = bytes.subarray(position, position + (word & 0xff_ffff))
    return (word & (1 << 24)) === 0 ? zstdDecompressSync(packed) : packed
  }
  const read = ({ sizeBytes, start, tailBlock, tailOffset, blockWords }: PackedBody): Buffer => {
    const parts: Buffer[] = []
    let position = start
    for (let at = 0; at < blockWords.length; at += 4) {
      const word = blockWords.readUInt32LE(at)
      parts.push(word === 0 ? Buffer.alloc(BLOCK_BYTES) : block(position, word))
      position += word & 0xff_ffff
    }
    if (tailBlock !== NO_TAIL) {
      const plain = block(Number(records.readBigUInt64LE(tailBlock * 16)), records.readUInt32LE(tailBlock * 16 + 8))
      parts.push(plain.subarray(tailOffset, tailOffset + (sizeBytes % BLOCK_BYTES)))
    }
    return Buffer.concat(parts)
  }
  return { bodies, read, tailBlocks: tails.count, bytes }
}

function sizeOf(parts: readonly Part[]): number {
  return parts.reduce<number>((sum, part) => sum + (typeof part === "number" ? part : part.length), 0)
}

function plainOf(parts: readonly Part[]): Buffer {
  return Buffer.concat(parts.map((part) => (typeof part === "number" ? Buffer.alloc(part) : part)))
}

const EDGES = [0, TAIL_BYTES, BLOCK_BYTES, BLOCK_BYTES + TAIL_BYTES, 2 * BLOCK_BYTES, 3 * BLOCK_BYTES]
const SIZES = EDGES.flatMap((edge) => [edge - 1, edge, edge + 1]).filter((size) => size >= 0)

for (const [kind, source] of [
  ["that packs", TEXT],
  ["that does not pack", NOISE],
] as const) {
  test(`files of every size around the edges of blocks, of a kind ${kind}, are read back`, async (context) => {
    const files = SIZES.map((size) => [source.subarray(0, size)])
    const { bodies, read, tailBlocks } = await pack(files, context)
    for (const [index, size] of SIZES.entries()) {
      const body = bodies[index] as PackedBody
      assert.equal(body.sizeBytes, size)
      assert.equal(body.holeBytes, 0)
      assert.ok(read(body).equals(source.subarray(0, size)), `${size} bytes`)
      const rest = size % BLOCK_BYTES
      const shares = rest > 0 && rest < TAIL_BYTES
      assert.equal(body.tailBlock !== NO_TAIL, shares, `${size} bytes`)
      assert.equal(body.blockWords.length / 4, shares ? Math.floor(size / BLOCK_BYTES) : Math.ceil(size / BLOCK_BYTES))
      for (let at = 0; at < body.blockWords.length; at += 4)
        assert.equal(body.blockWords.readUInt32LE(at) >= 1 << 24, source === NOISE, "what does not pack is stored")
    }
    assert.ok(tailBlocks <= 2, "ends share blocks")
  })
}

test("blocks of a file lie one after the other, also where ends of other files are written between", async (context) => {
  const files = Array.from({ length: 30 }, (_, index) => [NOISE.subarray(index, index + 2 * BLOCK_BYTES + 20_000)])
  const { bodies, read, tailBlocks } = await pack(files, context)
  assert.ok(tailBlocks >= 4)
  for (const [index, body] of bodies.entries())
    assert.ok(read(body).equals(plainOf(files[index] ?? [])), `file ${index}`)
})

test("full blocks of zeros are no blocks, whether they came as a hole or as bytes", async (context) => {
  const zeros = Buffer.alloc(3 * BLOCK_BYTES)
  const files: readonly (readonly Part[])[] = [
    [3 * BLOCK_BYTES],
    [zeros],
    [zeros.subarray(0, 100), 3 * BLOCK_BYTES - 100],
    [TEXT.subarray(0, BLOCK_BYTES), 2 * BLOCK_BYTES, TEXT.subarray(0, 10)],
    [2 * BLOCK_BYTES, TEXT.subarray(0, BLOCK_BYTES)],
    [TEXT.subarray(0, 5), 4 * BLOCK_BYTES],
    [2 * BLOCK_BYTES - 1, TEXT.subarray(0, 2), BLOCK_BYTES - 1],
    [BLOCK_BYTES + 50_000],
    [BLOCK_BYTES + 3],
  ]
  const { bodies, read } = await pack(files, context)
  const holes = [3, 3, 3, 2, 2, 3, 1, 1, 1]
  for (const [index, parts] of files.entries()) {
    const body = bodies[index] as PackedBody
    assert.ok(read(body).equals(plainOf(parts)), `file ${index}`)
    assert.equal(body.holeBytes, (holes[index] ?? 0) * BLOCK_BYTES, `file ${index}`)
  }
  for (const body of bodies.slice(0, 3)) assert.deepEqual([body.start, body.tailBlock], [0, NO_TAIL])
})

test("how the bytes of a file are cut into pieces does not matter", async (context) => {
  const whole = Buffer.concat([NOISE.subarray(0, 200_000), TEXT.subarray(0, 150_001)])
  const cut = (length: number): readonly Buffer[] =>
    Array.from({ length: Math.ceil(whole.length / length) }, (_, index) =>
      whole.subarray(index * length, (index + 1) * length),
    )
  const [one, small, odd] = await Promise.all([[whole], cut(512), cut(70_001)].map((file) => pack([file], context)))
  assert.ok(one !== undefined && small !== undefined && odd !== undefined)
  assert.ok(one.bytes.equals(small.bytes) && one.bytes.equals(odd.bytes))
  assert.deepEqual(one.bodies, small.bodies)
  assert.deepEqual(one.bodies, odd.bodies)
})

test("bytes without a file are a mistake of whoever gives them", async (context) => {
  const image = await scratchImage(context)
  const blocks = new BlockOutput(image.output)
  const packer = new BodyPacker(blocks, new TailTable(blocks))
  assert.throws(() => packer.hole(BLOCK_BYTES), new TypeError("No file was begun"))
  assert.throws(() => packer.end(), new TypeError("No file was begun"))
  await blocks.close()
})
