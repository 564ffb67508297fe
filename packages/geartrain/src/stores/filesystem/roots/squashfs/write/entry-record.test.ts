import assert from "node:assert/strict"
import { test } from "node:test"
import { NO_ATTRIBUTES } from "./attribute-table.ts"
import { decodeRecord, type EntryRecord, encodeRecord, HARD_LINK, NO_TAIL, TYPE } from "./entry-record.ts"

const LEAST = { mode: 0, uidIndex: 0, gidIndex: 0, mtime: 0, xattrIndex: 0 }
const MOST = { mode: 0o7777, uidIndex: 65_534, gidIndex: 65_534, mtime: 0xffff_ffff, xattrIndex: NO_ATTRIBUTES }
const EMPTY_BODY = {
  sizeBytes: 0,
  start: 0,
  holeBytes: 0,
  tailBlock: NO_TAIL,
  tailOffset: 0,
  blockWords: Buffer.alloc(0),
}
const LARGE_BODY = {
  sizeBytes: 2 ** 53 - 1,
  start: 2 ** 45 + 3,
  holeBytes: 2 ** 53 - 2 ** 17,
  tailBlock: 0xffff_fffe,
  tailOffset: 131_071,
  blockWords: Buffer.from("0000000001000001ffffffff", "hex"),
}

for (const head of [LEAST, MOST]) {
  const records: Readonly<Record<string, EntryRecord>> = {
    folder: { ...head, type: TYPE.folder },
    fifo: { ...head, type: TYPE.fifo },
    "empty file": { ...head, type: TYPE.file, body: EMPTY_BODY },
    "large file": { ...head, type: TYPE.file, body: LARGE_BODY },
    link: { ...head, type: TYPE.link, target: Buffer.from("../ünï/\xff".repeat(500), "latin1") },
    "block device": { ...head, type: TYPE["block-device"], major: 0, minor: 0 },
    "character device": { ...head, type: TYPE["character-device"], major: 0xfff, minor: 0xfffff },
  }
  for (const [name, record] of Object.entries(records)) {
    test(`a ${name} with ${head === LEAST ? "the least" : "the most"} of everything comes back as it was`, () => {
      assert.deepEqual(decodeRecord(encodeRecord(record)), record)
    })
  }
}

test("another name of a file comes back with the file's key", () => {
  const record: EntryRecord = { type: HARD_LINK, key: Buffer.from("a\0b\nc") }
  assert.deepEqual(decodeRecord(encodeRecord(record)), record)
})

test("a file of one block takes up to 60 bytes", () => {
  const body = { ...LARGE_BODY, blockWords: Buffer.alloc(4) }
  assert.ok(encodeRecord({ ...MOST, type: TYPE.file, body }).length <= 60)
})

test("numbers that have no room are refused, not cut", () => {
  for (const head of [{ mode: 0x10000 }, { uidIndex: 0x10000 }, { mtime: 2 ** 32 }, { mtime: -1 }])
    assert.throws(() => encodeRecord({ ...LEAST, ...head, type: TYPE.folder }), RangeError)
})
