import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { escapeLines, escapeLogLine, escapeText } from "./escape-text.ts"
import { shellWord } from "./shell-word.ts"

const ESC = "\u001b"

test("control characters, bidirectional marks and line separators are written out", () => {
  assert.equal(escapeText(`evil${ESC}]0;title\u0007.txt`), "evil\\x1b]0;title\\x07.txt")
  assert.equal(escapeText("a\nb\rc\td"), "a\\nb\\rc\\td")
  assert.equal(escapeText("\u009b2J\u2028\u202egnp.exe"), "\\x9b2J\\u2028\\u202egnp.exe")
  assert.equal(escapeText("\ud800"), "\\ud800")
})

test("plain text of any script stays as it is", () => {
  for (const text of ["T1.nii.gz", "脳 MRI", "naïve — 12 %", "🧠"]) assert.equal(escapeText(text), text)
})

test("text of several lines keeps its line feeds and nothing else", () => {
  assert.equal(escapeLines(`one\ntwo${ESC}[2J\r\n`), "one\ntwo\\x1b[2J\\r\n")
})

test("a line of a log keeps colours and tabs, and loses what moves the cursor or talks to the terminal", () => {
  assert.equal(escapeLogLine(`${ESC}[1;31mred${ESC}[0m\tok`), `${ESC}[1;31mred${ESC}[0m\tok`)
  assert.equal(escapeLogLine(`${ESC}[2J${ESC}]52;c;aGk=\u0007\r`), "\\x1b[2J\\x1b]52;c;aGk=\\x07\\r")
})

test("whatever the text, no control character comes through", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 50 }), (text) => {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      assert.doesNotMatch(escapeText(text), /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/)
    }),
  )
})

test("a word of a printed command can be copied to a shell", () => {
  assert.deepEqual(["a-b_c.tar", "a b", "", "it's", "$(x)", "é"].map(shellWord), [
    "a-b_c.tar",
    "'a b'",
    "''",
    "'it'\\''s'",
    "'$(x)'",
    "'é'",
  ])
})
