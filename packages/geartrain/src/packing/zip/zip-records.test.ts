import assert from "node:assert/strict"
import { test } from "node:test"
import { dataDescriptor, directoryRecord, endRecords, localHeader, type ZipHead } from "./zip-records.ts"

const GIB_4 = 2 ** 32
const HEAD: ZipHead = { name: "a/\u00e9", sizeBytes: 5, isDeflated: true, modifiedMs: undefined, offset: 0 }
const TAIL = { crc: 0x12345678, packedBytes: 4 }

/** The extra fields of a record, by their ids. */
function extras(record: Buffer, at: number, length: number): ReadonlyMap<number, Buffer> {
  const found = new Map<number, Buffer>()
  for (let next = at; next < at + length; next += 4 + record.readUInt16LE(next + 2))
    found.set(record.readUInt16LE(next), record.subarray(next + 4, next + 4 + record.readUInt16LE(next + 2)))
  return found
}

function local(head: ZipHead) {
  const record = localHeader(head)
  const nameBytes = record.readUInt16LE(26)
  const extraBytes = record.readUInt16LE(28)
  assert.equal(record.length, 30 + nameBytes + extraBytes)
  return {
    record,
    name: record.toString("utf8", 30, 30 + nameBytes),
    extra: extras(record, 30 + nameBytes, extraBytes),
  }
}

function central(head: ZipHead, tail = TAIL) {
  const record = directoryRecord(head, tail)
  const nameBytes = record.readUInt16LE(28)
  return { record, extra: extras(record, 46 + nameBytes, record.readUInt16LE(30)) }
}

test("a name is UTF-8, and is said to be; sizes stand after the bytes", () => {
  const { record, name, extra } = local(HEAD)
  assert.equal(name, "a/\u00e9")
  assert.equal(record.readUInt16LE(6), 0x0808)
  assert.equal(record.readUInt32LE(18), 0)
  assert.equal(extra.size, 0)
})

test("without a time all members have the same one, and no time of a machine gets in", () => {
  assert.deepEqual(local(HEAD).record.subarray(10, 14), local({ ...HEAD, name: "b/\u00e9" }).record.subarray(10, 14))
  const { extra } = local({ ...HEAD, modifiedMs: Date.UTC(2024, 1, 29, 12, 30, 58) })
  assert.equal(extra.get(0x5455)?.readInt32LE(1), Date.UTC(2024, 1, 29, 12, 30, 58) / 1000)
})

test("a time that the format cannot hold is the nearest that it can, and is told in full where that is possible", () => {
  const day = (modifiedMs: number) => {
    const date = local({ ...HEAD, modifiedMs }).record.readUInt16LE(12)
    return [1980 + (date >> 9), (date >> 5) & 15, date & 31]
  }
  assert.deepEqual(day(0), [1980, 1, 1])
  assert.deepEqual(day(Date.UTC(3000, 0, 1)), [2107, 12, 31])
  assert.equal(
    local({ ...HEAD, modifiedMs: -1000 })
      .extra.get(0x5455)
      ?.readInt32LE(1),
    -1,
  )
  assert.equal(local({ ...HEAD, modifiedMs: Date.UTC(3000, 0, 1) }).extra.size, 0)
})

test("sizes that need 64 bits have them, before and after the bytes and in the directory", () => {
  const large = { ...HEAD, sizeBytes: GIB_4 + 7 }
  const { record, extra } = local(large)
  assert.equal(record.readUInt32LE(18), 0xffff_ffff)
  assert.equal(extra.get(1)?.length, 16)
  const descriptor = dataDescriptor(large, { crc: 1, packedBytes: GIB_4 + 9 })
  assert.deepEqual([descriptor.length, descriptor.readBigUInt64LE(8)], [24, BigInt(GIB_4 + 9)])
  assert.equal(dataDescriptor(HEAD, TAIL).length, 16)
  const wide = central(large, { crc: 1, packedBytes: GIB_4 + 9 }).extra.get(1)
  assert.deepEqual([wide?.readBigUInt64LE(0), wide?.readBigUInt64LE(8)], [BigInt(GIB_4 + 7), BigInt(GIB_4 + 9)])
})

test("the directory has in 64 bits only what does not fit in 32, in the order of the format", () => {
  const { record, extra } = central({ ...HEAD, offset: GIB_4 })
  assert.deepEqual([record.readUInt32LE(20), record.readUInt32LE(24), record.readUInt32LE(42)], [4, 5, 0xffff_ffff])
  assert.deepEqual([extra.get(1)?.length, extra.get(1)?.readBigUInt64LE(0)], [8, BigInt(GIB_4)])
  assert.equal(central(HEAD).extra.size, 0)
  // All ones mean that it stands elsewhere, and are never a size themselves.
  assert.equal(
    central({ ...HEAD, offset: 0xffff_ffff })
      .extra.get(1)
      ?.readBigUInt64LE(0),
    0xffff_ffffn,
  )
})

test("an archive ends with one record, and with two more where a number does not fit", () => {
  assert.equal(endRecords({ count: 0xfffe, offset: 0, sizeBytes: 0 }).length, 22)
  for (const large of [
    { count: 0xffff, offset: 1, sizeBytes: 2 },
    { count: 1, offset: GIB_4, sizeBytes: 2 },
    { count: 1, offset: 1, sizeBytes: GIB_4 },
  ]) {
    const end = endRecords(large)
    assert.equal(end.length, 98)
    assert.deepEqual(
      [end.readBigUInt64LE(32), end.readBigUInt64LE(40), end.readBigUInt64LE(48)],
      [large.count, large.sizeBytes, large.offset].map(BigInt),
    )
    // The locator says where the record of 64 bits stands.
    assert.equal(end.readBigUInt64LE(64), BigInt(large.offset + large.sizeBytes))
    assert.equal(end.readUInt32LE(76), 0x0605_4b50)
  }
})
