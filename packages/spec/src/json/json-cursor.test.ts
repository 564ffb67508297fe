import assert from "node:assert/strict"
import { test } from "node:test"
import { codePointName, JsonCursor, StopReading } from "./json-cursor.ts"
import { isNumberStart, readJsonNumber, readJsonWord } from "./read-json-scalar.ts"
import { isQuote, readJsonString } from "./read-json-string.ts"

const TOLD = { problem: "x", fix: "Y" }

test("a cursor takes what an expression matches here, and nothing further on", () => {
  const cursor = new JsonCursor("aab")
  assert.equal(cursor.take(/a+/y), "aa")
  assert.equal(cursor.take(/a+/y), undefined)
  assert.equal(cursor.peek(), "b")
  cursor.offset = 3
  assert.equal(cursor.peek(), "")
  assert.equal(cursor.isAtEnd(), true)
})

test("white space is gone over, and what people take for it is told", () => {
  const cursor = new JsonCursor(" \t\r\n\u00a0// c\n\ufeff /* d */ # e\nx")
  cursor.skipSpace()
  assert.equal(cursor.peek(), "x")
  assert.deepEqual(
    cursor.faults.map(({ kind, line, column }) => [kind, line, column]),
    [
      ["bad-space", 2, 1],
      ["comment", 2, 2],
      ["byte-order-mark", 3, 1],
      ["comment", 3, 3],
      ["comment", 3, 11],
    ],
  )
})

test("a fault that stops is kept, and so many faults stop by themselves", () => {
  const cursor = new JsonCursor("x")
  assert.throws(() => cursor.stop("bad-character", 0, TOLD), StopReading)
  assert.equal(cursor.faults.length, 1)
  assert.throws(() => {
    for (;;) cursor.report("bad-character", 0, TOLD)
  }, StopReading)
  assert.equal(cursor.faults.length, 101)
})

test("characters that cannot be seen are named by their number", () => {
  assert.equal(codePointName("\u00a0", 0), "U+00A0")
  assert.equal(codePointName("😀", 0), "U+1F600")
})

test("a string is read up to the mark that closes it, in whatever quotes", () => {
  const read = (text: string) => readJsonString(new JsonCursor(text))
  assert.equal(read('"a\\u00e9\\n\\"😀" rest'), 'aé\n"😀')
  assert.equal(read("'it is \"so\"'"), 'it is "so"')
  assert.equal(read("“so ’tis”"), "so ’tis")
  assert.equal(read("«so»"), "so")
  assert.deepEqual([isQuote('"'), isQuote("‘"), isQuote("a"), isQuote("")], [true, true, false, false])
})

test("numbers and words are read as what they are or were meant to be", () => {
  const number = (text: string) => readJsonNumber(new JsonCursor(text))
  assert.deepEqual([number("-1.5e2,"), number("0x1F"), number("1_000"), number("1.2.3")], [-150, 31, 1000, 0])
  const word = (text: string) => readJsonWord(new JsonCursor(text))
  assert.deepEqual([word("true"), word("None"), word("YES"), word("-Infinity")], [true, null, true, "-Infinity"])
  const starts = ["1", "-1", "+1", ".5", "-.5", "-", "a"].map((text) => isNumberStart(new JsonCursor(text)))
  assert.deepEqual(starts, [true, true, true, true, true, false, false])
})
