import assert from "node:assert/strict"
import { test } from "node:test"
import { file, means } from "../../../test/formats/sample-files.ts"
import { UnfitFile } from "../unfit-file.ts"
import { isText, TEXT } from "./text.ts"

function compare(a: string | Uint8Array, b: string | Uint8Array) {
  return TEXT.compare(file("a", a, 3), file("b", b, 7), means())
}

test("a text has no control characters but its own, and may be cut within a letter", () => {
  for (const text of ["", "a\tb\r\n\f", "é", "\u{1f600}", "\u{feff}x"]) assert.ok(isText(Buffer.from(text)), text)
  const letter = Buffer.from("\u{1f600}")
  for (const length of [1, 2, 3]) assert.ok(isText(letter.subarray(0, length)))
  for (const byte of [0, 7, 0x1b]) assert.ok(!isText(Buffer.from([0x61, byte])), String(byte))
  // Bytes that stand in no UTF-8: overlong, half of a pair, beyond the last letter, latin-1.
  for (const bytes of [
    [0xc0, 0x80],
    [0xed, 0xa0, 0x80],
    [0xf5, 0x80, 0x80, 0x80],
    [0xe9, 0x61],
  ])
    assert.ok(!isText(Buffer.from(bytes)), bytes.join())
})

test("lines that changed are told by their number, those that moved by nothing else", async () => {
  const found = await compare("one\ntwö\nthree\n", "one\ntwo\nthree\n")
  assert.deepEqual(found.differences, [{ place: "line 2", a: "twö", b: "two" }])
  const moved = await compare("one\ntwo\n", "two\none\n")
  assert.deepEqual([moved.same, moved.onlyOrder], [false, true])
})

test("the end of the last line is a difference of its own, and ends that moving lines would be the only one", async () => {
  const found = await compare("one\ntwo\n", "two\none")
  assert.equal(found.onlyOrder, undefined)
  assert.equal(found.summary, "the same 2 lines, in another order; the last one ends otherwise")
  assert.deepEqual(found.differences, [{ place: "end of the last line", a: "a line feed", b: "none" }])
  assert.equal((await compare("one\r\n", "one\n")).same, false)
})

test("what turns out to be no text behind its head is not compared as one", async () => {
  await assert.rejects(compare("one\n", Buffer.from([0x6f, 0x0a, 0xff])), UnfitFile)
  await assert.rejects(compare(Buffer.from("é").subarray(0, 1), "é"), UnfitFile)
})
