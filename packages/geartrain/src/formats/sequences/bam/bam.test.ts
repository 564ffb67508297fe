import assert from "node:assert/strict"
import { test } from "node:test"
import { crc32, deflateRawSync, gzipSync } from "node:zlib"
import { file } from "../../../../test/formats/sample-files.ts"
import { compareFiles } from "../../compare-files.ts"
import type { FileComparison } from "../../file-comparison.ts"

/** Nearly as large as a block may be. */
const RECORDS_PER_BLOCK = 60
const NOISE_BYTES = 1000

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(value)
  return bytes
}

/** One read, whose bases and qualities do not compress. */
function record(number: number, { position = number, extra = 0 } = {}): Buffer {
  const name = Buffer.from(`read-${number}\0`)
  const fixed = Buffer.alloc(32)
  fixed.writeInt32LE(position, 4)
  fixed.writeUInt8(name.length, 8)
  fixed.writeInt32LE(NOISE_BYTES / 2, 16)
  fixed.writeInt32LE(-1, 20)
  const noise = Buffer.alloc(NOISE_BYTES + extra)
  for (let at = 0, state = number + 1; at < noise.length; at += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    noise[at] = state >>> 24
  }
  return Buffer.concat([int(fixed.length + name.length + noise.length), fixed, name, noise])
}

function block(bytes: Buffer): Buffer {
  const packed = deflateRawSync(bytes, { level: 1 })
  const head = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 6, 0, 0x42, 0x43, 2, 0, 0, 0])
  head.writeUInt16LE(head.length + packed.length + 7, 16)
  const tail = Buffer.alloc(8)
  tail.writeUInt32LE(crc32(bytes), 0)
  tail.writeUInt32LE(bytes.length, 4)
  return Buffer.concat([head, packed, tail])
}

function header(text: string): Buffer {
  return Buffer.concat([
    Buffer.from("BAM\x01"),
    int(text.length),
    Buffer.from(text),
    int(1),
    int(5),
    Buffer.from("chr1\0"),
    int(9),
  ])
}

interface Written {
  readonly header?: string
  /** Where blocks end: with a record, as htslib has it, or anywhere. */
  readonly cut?: "between" | "within"
}

function bam(records: readonly Buffer[], { header: text = "@HD\n", cut = "between" }: Written = {}): Buffer {
  const pieces: Buffer[] = []
  for (let at = 0; at < records.length; at += RECORDS_PER_BLOCK)
    pieces.push(Buffer.concat(records.slice(at, at + RECORDS_PER_BLOCK)))
  if (cut === "within") {
    const whole = Buffer.concat(pieces)
    const odd: Buffer[] = []
    for (let at = 0; at < whole.length; at += 60_001) odd.push(whole.subarray(at, at + 60_001))
    return Buffer.concat([header(text), ...odd].map(block).concat(block(Buffer.alloc(0))))
  }
  return Buffer.concat([header(text), ...pieces, Buffer.alloc(0)].map(block))
}

const RECORDS = Array.from({ length: 40 * RECORDS_PER_BLOCK }, (_, number) => record(number))

function compare(a: Uint8Array, b: Uint8Array, pieceBytes = 300_000): Promise<FileComparison> {
  return compareFiles(file("a.bam", a, pieceBytes), file("b.bam", b, pieceBytes))
}

/** The same records in plain gzip, of which all is unpacked: what is told of it has to be the same. */
function unpacked(records: readonly Buffer[]): Buffer {
  return gzipSync(Buffer.concat([header("@HD\n"), ...records]), { level: 1 })
}

test("bam: of files that differ in one place only that place is unpacked", async () => {
  const changed = RECORDS.with(2000, record(2000, { position: 7 }))
  const found = await compare(bam(RECORDS), bam(changed))
  assert.equal(found.summary, "the same 2 header lines; records: 1 only in A, 1 only in B")
  const [difference, ...others] = found.differences
  assert.match(difference?.place ?? "", /^record \d+ after byte \d+$/)
  assert.match(difference?.a ?? "", /^read-2000 flag 0 at 0:2001, /)
  assert.match(difference?.b ?? "", /^read-2000 flag 0 at 0:8, /)
  assert.deepEqual(others, [])
  const whole = await compare(unpacked(RECORDS), unpacked(changed))
  assert.equal(whole.summary, "the same 2 header lines; records: 1 only in A, 1 only in B (of 2400 and 2400)")
  assert.equal(whole.differences[0]?.place, "record 2001")
})

test("bam: records that lie across blocks are compared all the same", async () => {
  const changed = RECORDS.with(2000, record(2000, { position: 7 }))
  for (const cut of ["within", "between"] as const) {
    const found = await compare(bam(RECORDS, { cut: "within" }), bam(changed, { cut }))
    assert.match(found.summary, /^the same 2 header lines; records: 1 only in A, 1 only in B/)
    assert.match(found.differences[0]?.a ?? "", /^read-2000 /)
  }
})

test("bam: a header that is longer than a block is read to its end", async () => {
  const text = RECORDS.slice(0, 500)
    .map((bytes) => `@CO\t${bytes.toString("hex")}\n`)
    .join("")
  const written = (records: readonly Buffer[]): Buffer => {
    const whole = Buffer.concat([header(text), ...records])
    const blocks: Buffer[] = []
    for (let at = 0; at < whole.length; at += 60_001) blocks.push(block(whole.subarray(at, at + 60_001)))
    return Buffer.concat([...blocks, block(Buffer.alloc(0))])
  }
  const records = RECORDS.slice(0, 200)
  const found = await compare(written(records), written(records.with(100, record(100, { position: 7 }))), 20_000)
  assert.match(found.summary, /^the same 501 header lines; records: 1 only in A, 1 only in B/)
})

test("bam: other blocks, and another header, are told apart from the records", async () => {
  const otherBlocks = await compare(bam(RECORDS), bam(RECORDS, { cut: "within" }))
  assert.equal(otherBlocks.same, true, otherBlocks.summary)
  const otherHeader = await compare(bam(RECORDS), bam(RECORDS, { header: "@PG\tID:late\n" }))
  assert.equal(otherHeader.summary, "header lines: 1 only in A, 1 only in B (of 2 and 2); the same records")
  assert.equal(otherHeader.same, false)
})

test("bam: records in another order, removed, and added", async () => {
  const swapped = RECORDS.with(5, RECORDS[1900] as Buffer).with(1900, RECORDS[5] as Buffer)
  const moved = await compare(bam(RECORDS), bam(swapped))
  assert.equal(moved.summary, "the same 2 header lines; the same records, in another order")
  assert.equal(moved.onlyOrder, true)
  const fewer = await compare(bam(RECORDS), bam(RECORDS.toSpliced(30, 1)))
  assert.match(fewer.summary, /; records: 1 only in A/)
  const half = await compare(bam(RECORDS.slice(0, 1200)), bam(RECORDS))
  assert.match(half.summary, /; records: 1200 only in B/)
  assert.equal(half.omitted, 1180)
})

test("bam: a side whose records are longer does not run away from the other", async () => {
  const longer = RECORDS.map((_, number) => record(number, { extra: 400 }))
  const found = await compare(bam(RECORDS), bam(longer, { cut: "within" }))
  assert.equal(found.summary, "the same 2 header lines; records: 2400 only in A, 2400 only in B (of 2400 and 2400)")
})

test("bam: damaged and cut files are compared as bytes, with the reason", async () => {
  const whole = bam(RECORDS)
  const cut = await compare(whole, whole.subarray(0, whole.length - 40_000))
  assert.match(cut.summary, /A is longer; compared as bytes, since one is no readable bam: it is cut short$/)
  const spoiled = Buffer.from(whole)
  spoiled.writeUInt8((spoiled[700_000] ?? 0) ^ 255, 700_000)
  const damaged = await compare(whole, spoiled)
  assert.match(
    damaged.summary,
    /^1 bytes differ, the first at offset 700000; compared as bytes, since one is no readable bam: it /,
  )
})
