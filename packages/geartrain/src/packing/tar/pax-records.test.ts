import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { encodePaxRecords, parseDecimal, parsePaxRecords, parsePaxTime } from "./pax-records.ts"

test("records are read as they were written, whatever bytes their values have", () => {
  const keyword = fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 40 })
    .filter((text) => !text.includes("=") && text.isWellFormed())
  const records = fc.uniqueArray(
    fc.tuple(
      keyword.map((text) => `x.${text}`),
      fc.uint8Array({ maxLength: 1200 }),
    ),
    { selector: ([key]) => key },
  )
  fc.assert(
    fc.property(records, (pairs) => {
      const parsed = parsePaxRecords(encodePaxRecords(pairs))
      assert.deepEqual(
        [...(parsed?.values ?? [])].map(([key, value]) => [key, [...value]]),
        pairs.map(([key, value]) => [key, [...value]]),
      )
    }),
  )
})

test("the length of a record counts its own digits, also where they are one more because of themselves", () => {
  for (let length = 0; length < 1100; length++) {
    const record = encodePaxRecords([["k", Buffer.alloc(length, "v")]])
    assert.equal(Number.parseInt(record.toString(), 10), record.length)
  }
})

test("the last of equal records counts, and those that say nothing about a gear are left out", () => {
  const records = encodePaxRecords([
    ["path", Buffer.from("a")],
    ["atime", Buffer.from("1")],
    ["path", Buffer.from("b")],
  ])
  assert.deepEqual(
    [...(parsePaxRecords(records)?.values ?? [])].map(([key, value]) => [key, value.toString()]),
    [["path", "b"]],
  )
})

test("the pairs of GNU's first sparse format are kept in their order", () => {
  const pairs = [
    ["GNU.sparse.offset", "0"],
    ["GNU.sparse.numbytes", "5"],
    ["GNU.sparse.offset", "9"],
    ["GNU.sparse.numbytes", "1"],
  ] as const
  const records = encodePaxRecords(pairs.map(([key, value]) => [key, Buffer.from(value)]))
  assert.deepEqual(parsePaxRecords(records)?.sparsePairs, [0, 5, 9, 1])
})

test("damaged records are no records, and never more than that", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void parsePaxRecords(Buffer.from(bytes))))
  for (const text of ["1", "9999999999999 a=b\n", "5 a=b", "6 a=bc", "5 abc\n", "4 =b\n"]) {
    assert.equal(parsePaxRecords(Buffer.from(text)), undefined, text)
  }
})

test("times are rounded down to whole seconds, before 1970 too", () => {
  for (const [text, seconds] of [
    ["0", 0],
    ["1.5", 1],
    ["1.99999999999999999", 1],
    ["-0", 0],
    ["-0.0", 0],
    ["-0.1", -1],
    ["-1.5", -2],
    ["-2", -2],
    ["7.", 7],
  ] as const) {
    assert.ok(Object.is(parsePaxTime(text), seconds), text)
  }
  for (const text of ["", "x", "1e5", ".5", "1.x", "--1", "99999999999999999"])
    assert.equal(parsePaxTime(text), undefined, text)
})

test("decimals are digits and no more, and safe integers", () => {
  assert.equal(parseDecimal("9007199254740991"), 2 ** 53 - 1)
  for (const text of ["", "9007199254740992", "-1", "+1", " 1", "1.0", "0x1", "1_0"])
    assert.equal(parseDecimal(text), undefined, text)
})
