import assert from "node:assert/strict"
import { test } from "node:test"
import { JsonDocument } from "./json-document.ts"
import { parseJson } from "./parse-json.ts"

function documentOf(text: string): JsonDocument {
  const result = parseJson(text)
  assert.ok(result.ok, text)
  assert.ok(result.document instanceof JsonDocument)
  return result.document
}

/** Line and column of a value, or of a key. */
function place(found: ReturnType<JsonDocument["positionOf"]>): readonly number[] | undefined {
  return found === undefined ? undefined : [found.line, found.column]
}

const DOCUMENT = documentOf('{\n  "a": [1.0, {"é": -2e3}],\n  "": null\n}\n')

test("every value and key has its place, in lines and characters from 1", () => {
  assert.deepEqual(place(DOCUMENT.positionOf([])), [1, 1])
  assert.deepEqual(place(DOCUMENT.positionOf(["a"])), [2, 8])
  assert.deepEqual(place(DOCUMENT.positionOfKey(["a"])), [2, 3])
  assert.deepEqual(place(DOCUMENT.positionOf(["a", 1, "é"])), [2, 20])
  assert.deepEqual(place(DOCUMENT.positionOfKey([""])), [3, 3])
})

test("what is not there has no place, and items have no key", () => {
  for (const path of [["b"], ["a", 5], ["a", "0"], ["a", 0, "x"], ["constructor"]]) {
    assert.equal(DOCUMENT.positionOf(path), undefined, JSON.stringify(path))
  }
  assert.equal(DOCUMENT.positionOfKey(["a", 0]), undefined)
  assert.equal(DOCUMENT.positionOfKey([]), undefined)
})

test("a number is told as it is written, and nothing else has such a text", () => {
  assert.equal(DOCUMENT.numberText(["a", 0]), "1.0")
  assert.equal(DOCUMENT.numberText(["a", 1, "é"]), "-2e3")
  assert.equal(DOCUMENT.numberText([""]), undefined)
  assert.equal(DOCUMENT.numberText(["a"]), undefined)
})
