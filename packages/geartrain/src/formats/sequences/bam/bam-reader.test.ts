import assert from "node:assert/strict"
import { test } from "node:test"
import { bam } from "../../../../test/formats/sample-files.ts"
import { Findings } from "../../file-comparison.ts"
import { UnfitFile } from "../../unfit-file.ts"
import { BamReader, PassedTooFar } from "./bam-reader.ts"

type Reads = readonly (readonly [name: string, position: number])[]

const NOT_YET = { a: false, b: false }
const NOTHING = Buffer.alloc(0)
const READS: Reads = Array.from({ length: 20 }, (_, index) => [`read-${index}`, index * 10] as const)

/** Unpacked records without a header. */
function records(reads: Reads): Buffer {
  return bam("", reads).subarray(bam("", []).length)
}

/** Reads both in pieces of these sizes, one after the other and over again. */
function compare(a: Buffer, b: Buffer, [sizeA, sizeB]: readonly [number, number] = [1000, 1000]) {
  const reader = new BamReader(false)
  const findings = new Findings()
  for (let at = 0; at * sizeA < a.length || at * sizeB < b.length; at += 1) {
    const piece = (bytes: Buffer, size: number): Buffer => bytes.subarray(at * size, (at + 1) * size)
    reader.read({ a: piece(a, sizeA), b: piece(b, sizeB), ends: NOT_YET })
  }
  return { ...reader.finish(findings), findings }
}

test("however the bytes come in pieces, the same records are found to differ", () => {
  const [one, two] = [bam("@HD\n", READS), bam("@HD\n", READS.with(7, ["read-7", 71]))]
  const whole = compare(one, two)
  assert.deepEqual([whole.records.onlyA, whole.records.onlyB, whole.records.a], [1, 1, 20])
  assert.deepEqual(
    whole.findings.kept.map(({ place }) => place),
    ["record 8"],
  )
  for (const sizes of [
    [1, 1],
    [3, 50],
    [50, 3],
    [37, 41],
  ] as const) {
    const found = compare(one, two, sizes)
    assert.deepEqual(
      [found.records, found.header, found.findings.kept],
      [whole.records, whole.header, whole.findings.kept],
      sizes.join(),
    )
  }
})

test("records that moved are told apart from those of one side, and the header from both", () => {
  const moved = compare(bam("@HD\n", READS), bam("@HD\n", READS.toReversed()))
  assert.deepEqual([moved.records.onlyA, moved.records.onlyB, moved.records.elsewhere > 0], [0, 0, true])
  const longer = compare(bam("@HD\n@CO x\n", READS), bam("@HD\n", READS.slice(0, 5)))
  assert.deepEqual([longer.header.onlyA, longer.records.onlyA, longer.records.onlyB], [1, 15, 0])
})

test("a file that ends within its header, within a record, or has none is not of the format", () => {
  const whole = bam("@HD\n", READS)
  for (const cut of [whole.subarray(0, 10), whole.subarray(0, -1), NOTHING])
    assert.throws(() => compare(whole, cut), UnfitFile)
  assert.throws(() => compare(whole, Buffer.from("CRAM and more")), UnfitFile)
})

test("blocks may be passed over only between two records of both sides, and only for who wants that", () => {
  const header = bam("@HD\n", [])
  const eager = new BamReader(true)
  assert.equal(eager.mayPass, false)
  eager.read({ a: header, b: header, ends: NOT_YET })
  assert.equal(eager.mayPass, true)
  const record = records([["read", 1]])
  eager.read({ a: record.subarray(0, 5), b: record, ends: NOT_YET })
  assert.deepEqual([eager.mayPass, eager.backlog], [false, { a: 5, b: record.length }])
  eager.read({ a: record.subarray(5), b: NOTHING, ends: NOT_YET })
  assert.deepEqual([eager.mayPass, eager.backlog], [true, { a: 0, b: 0 }])
  const careful = new BamReader(false)
  careful.read({ a: header, b: header, ends: NOT_YET })
  assert.equal(careful.mayPass, false)
})

test("after a part that was passed over, records are told by the byte where it ended", () => {
  const reader = new BamReader(true)
  const findings = new Findings()
  const first = bam("@HD\n", READS.slice(0, 3))
  reader.read({ a: first, b: first, ends: NOT_YET })
  reader.passed(5000)
  reader.passed(9000)
  assert.equal(reader.hasPassed, true)
  reader.read({
    a: records([
      ["x", 1],
      ["y", 2],
    ]),
    b: records([
      ["x", 1],
      ["z", 2],
    ]),
    ends: NOT_YET,
  })
  reader.finish(findings)
  assert.deepEqual(
    findings.kept.map(({ place }) => place),
    ["record 2 after byte 9000"],
  )
})

test("where no record begins behind what was passed over, that is noticed before anything is told", () => {
  const reader = new BamReader(true)
  const header = bam("@HD\n", [])
  reader.read({ a: header, b: header, ends: NOT_YET })
  reader.passed(5000)
  const within = records(READS).subarray(7)
  assert.throws(() => reader.read({ a: within, b: within, ends: NOT_YET }), PassedTooFar)
})
