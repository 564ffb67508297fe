import assert from "node:assert/strict"
import { test } from "node:test"
import { listNames, listWords } from "./list-words.ts"
import { countCodePoints, positionsOf } from "./text-position.ts"

test("places are counted in lines and characters, whatever ends a line", () => {
  const position = positionsOf("a\r\nb😀c\rd\n")
  const places = [0, 3, 6, 7, 8, 9, 10].map((offset) => {
    const { line, column } = position(offset)
    return `${line}:${column}`
  })
  assert.deepEqual(places, ["1:1", "2:1", "2:3", "2:4", "3:1", "3:2", "4:1"])
})

test("a line of great length is counted in units, so that a hostile text costs nothing", () => {
  assert.equal(positionsOf("😀".repeat(60_000))(120_000).column, 120_001)
  assert.equal(positionsOf("😀".repeat(40_000))(80_000).column, 40_001)
})

test("characters are code points", () => {
  assert.deepEqual(["", "é", "😀😀", "\ud83d", "\ude00\ud83d"].map(countCodePoints), [0, 1, 2, 1, 2])
})

test("words are listed as in a sentence, names in quotes and not without end", () => {
  assert.deepEqual([listWords([], "or"), listWords(["a"], "or"), listWords(["a", "b"], "and")], ["", "a", "a and b"])
  assert.equal(listNames(["a"]), '"a"')
  assert.equal(listNames(Array.from({ length: 12 }, (_, index) => `${index}`)).endsWith('"9" and 2 more'), true)
})
