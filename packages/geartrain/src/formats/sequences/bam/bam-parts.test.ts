import assert from "node:assert/strict"
import { test } from "node:test"
import { UnfitFile } from "../../unfit-file.ts"
import { readBamHeader } from "./bam-header.ts"
import { recordLength, seemsRecord, showRecord } from "./bam-record.ts"

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(value)
  return bytes
}

function text(value: string): Buffer {
  return Buffer.concat([int(Buffer.byteLength(value)), Buffer.from(value)])
}

const HEADER = Buffer.concat([
  Buffer.from("BAM\u0001"),
  text("@HD\tVN:1.6\n@CO\tx\n\0\0"),
  int(2),
  ...[text("chr1\0"), int(1000), text("chr2\0"), int(5)],
])

test("a header is its lines, and after them its sequences", () => {
  assert.deepEqual(readBamHeader(Buffer.concat([HEADER, Buffer.from("more")])), {
    lines: ["@HD\tVN:1.6", "@CO\tx", "sequence chr1, 1000 bases", "sequence chr2, 5 bases"],
    sequences: 2,
    endsAt: HEADER.length,
  })
})

test("a header that is cut anywhere is not whole yet, and nothing is guessed", () => {
  for (let length = 0; length < HEADER.length; length++)
    assert.equal(readBamHeader(HEADER.subarray(0, length)), undefined, String(length))
})

test("what has another mark, or lengths that make no sense, is no header", () => {
  for (const bytes of [
    Buffer.from("CRAM...."),
    Buffer.concat([Buffer.from("BAM\u0001"), int(-1)]),
    Buffer.concat([Buffer.from("BAM\u0001"), int(2 ** 31 - 1)]),
    Buffer.concat([Buffer.from("BAM\u0001"), text(""), int(-5)]),
    Buffer.concat([Buffer.from("BAM\u0001"), text(""), int(1), int(-2)]),
  ])
    assert.throws(() => readBamHeader(bytes), UnfitFile)
})

/** A read of four bases, with its name. */
function record(name: string, change: (bytes: Buffer) => void = () => undefined): Buffer {
  const fixed = Buffer.alloc(32)
  fixed.writeInt32LE(1, 0)
  fixed.writeInt32LE(99, 4)
  fixed.writeUInt8(name.length + 1, 8)
  fixed.writeUInt16LE(4, 14)
  fixed.writeInt32LE(4, 16)
  fixed.writeInt32LE(-1, 20)
  change(fixed)
  const body = Buffer.concat([fixed, Buffer.from(`${name}\0`), Buffer.alloc(6)])
  return Buffer.concat([int(body.length), body])
}

test("a record is as long as it says, and not known while its length is not there", () => {
  const bytes = record("read-1")
  assert.equal(recordLength(bytes, 0), bytes.length)
  assert.equal(recordLength(bytes.subarray(0, 3), 0), undefined)
  for (const length of [-1, 0, 31, 2 ** 30])
    assert.throws(() => recordLength(int(length), 0), UnfitFile, String(length))
})

test("a record seems to begin where one does, and a byte beside it none", () => {
  const bytes = Buffer.concat([record("read-1"), record("read-2")])
  const second = record("read-1").length
  assert.ok(seemsRecord(bytes, 0, 2))
  assert.ok(seemsRecord(bytes, second, 2))
  for (const at of [1, 2, second - 1, second + 1]) assert.ok(!seemsRecord(bytes, at, 2), String(at))
})

test("what cannot be a record's is none: sequences that the header has not, parts that do not fit, names without end", () => {
  const changes: Readonly<Record<string, (bytes: Buffer) => void>> = {
    "a sequence beyond the last": (bytes) => bytes.writeInt32LE(2, 0),
    "a sequence before none": (bytes) => bytes.writeInt32LE(-2, 0),
    "a mate on no sequence": (bytes) => bytes.writeInt32LE(7, 20),
    "fewer bases than none": (bytes) => bytes.writeInt32LE(-1, 16),
    "more bases than fit": (bytes) => bytes.writeInt32LE(5, 16),
    "no name": (bytes) => bytes.writeUInt8(0, 8),
    "a name that ends elsewhere": (bytes) => bytes.writeUInt8(6, 8),
    "more operations than fit": (bytes) => bytes.writeUInt16LE(9, 12),
  }
  for (const [what, change] of Object.entries(changes)) assert.ok(!seemsRecord(record("read-1", change), 0, 2), what)
})

test("a record is shown by what people find it by, with places that begin at 1", () => {
  const bytes = record("read-1").subarray(4)
  assert.equal(showRecord(bytes.toString("latin1")), `read-1 flag 4 at 1:100, ${bytes.length} bytes`)
})
