import assert from "node:assert/strict"
import { test } from "node:test"
import { fieldRows, ruleWords, typeWords } from "./field-words.ts"

test("types are said in words, maps and lists by what is in them", () => {
  assert.equal(typeWords({ type: "boolean" }), "true or false")
  assert.equal(typeWords({ type: "object", additionalProperties: { type: "string" } }), "object of texts by name")
  assert.equal(typeWords({ type: "object", additionalProperties: { oneOf: [] } }), "object of declarations by name")
  assert.equal(typeWords({ type: "object", additionalProperties: false }), "object")
  assert.equal(typeWords({ const: "file" }), '`"file"`')
  assert.equal(typeWords({ enum: ["a"] }), "one of a list of words")
})

test("a short list of words is given, and a long one only counted", () => {
  assert.equal(ruleWords({ enum: ["a", "b"] }), "a, b")
  assert.equal(ruleWords({ enum: Array.from({ length: 13 }, String) }), "13 words, below")
  assert.equal(ruleWords({ type: "integer", minimum: 0, maximum: 5 }), "at least 0; at most 5")
  assert.equal(ruleWords({}), "")
})

test("rows have the order of the schema, and say which members have to be there", () => {
  const rows = fieldRows({
    properties: { b: { type: "string", description: "B" }, a: {} },
    required: ["b"],
  })
  assert.deepEqual(
    rows.map(({ name, isRequired, says }) => [name, isRequired, says]),
    [
      ["b", true, "B"],
      ["a", false, ""],
    ],
  )
  assert.deepEqual(fieldRows({}), [])
})
