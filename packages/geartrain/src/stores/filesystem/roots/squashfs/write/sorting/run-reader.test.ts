import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { test } from "node:test"
import { scratchImage } from "../../../../../../../test/stores/scratch-image.ts"
import { RunReader } from "./run-reader.ts"
import { encodedBytes, type SortRecord, writeSortRecord } from "./sort-record.ts"

/** Around the length of a reader's chunk, and several times it. */
const LENGTHS = [0, 1, 50, 127 * 1024, 128 * 1024 - 8, 128 * 1024, 400_000, 3, 128 * 1024 + 1, 7]
const RECORDS = LENGTHS.flatMap((length, index) => [
  { key: Buffer.from(`key ${index}`), value: randomBytes(length) },
  { key: Buffer.from(`key ${index}, and more`), value: Buffer.from("short") },
])

function encode(records: readonly SortRecord[]): Buffer {
  return Buffer.concat(
    records.map((record) => {
      const bytes = Buffer.alloc(encodedBytes(record))
      writeSortRecord(record, bytes, 0)
      return bytes
    }),
  )
}

function readAll(reader: RunReader): readonly SortRecord[] {
  const records: SortRecord[] = []
  for (let record = reader.next(); record !== undefined; record = reader.next())
    records.push({ key: Buffer.from(record.key), value: Buffer.from(record.value) })
  return records
}

test("a run is read to its end and no further, whatever the length of its records", async (context) => {
  const { handle, output } = await scratchImage(context)
  const run = encode(RECORDS)
  output.push(Buffer.alloc(1000, 0xff))
  output.push(run)
  output.push(encode([{ key: Buffer.from("of another run"), value: Buffer.from("x") }]))
  await output.settle()
  const reader = new RunReader(handle, { start: 1000, end: 1000 + run.length })
  assert.deepEqual(readAll(reader), RECORDS)
  assert.equal(reader.next(), undefined)
})

test("two runs of one file are read in turns", async (context) => {
  const { handle, output } = await scratchImage(context)
  const run = encode(RECORDS)
  output.push(run)
  output.push(run)
  await output.settle()
  const first = new RunReader(handle, { start: 0, end: run.length })
  const second = new RunReader(handle, { start: run.length, end: 2 * run.length })
  for (const record of RECORDS) {
    const [a, b] = [first.next(), second.next()]
    assert.deepEqual(a, record)
    assert.deepEqual(b, record)
  }
})

test("a run of nothing has no records", async (context) => {
  const { handle } = await scratchImage(context)
  assert.equal(new RunReader(handle, { start: 0, end: 0 }).next(), undefined)
})

test("a record that is not all there is an error, not an end", async (context) => {
  const { handle, output } = await scratchImage(context)
  const run = encode(RECORDS)
  output.push(run.subarray(0, run.length - 1))
  await output.settle()
  const reader = new RunReader(handle, { start: 0, end: run.length })
  assert.throws(() => readAll(reader), new RangeError("A file that was put aside is shorter than it was"))
})
