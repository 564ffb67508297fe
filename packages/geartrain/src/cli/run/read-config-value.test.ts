import assert from "node:assert/strict"
import { test } from "node:test"
import { readConfigValue } from "./read-config-value.ts"

test("text becomes what the manifest declares", () => {
  assert.equal(readConfigValue({ type: "integer" }, ["-5"]), -5)
  assert.equal(readConfigValue({ type: "number" }, ["1e-3"]), 0.001)
  assert.equal(readConfigValue({ type: "number" }, [".5"]), 0.5)
  assert.equal(readConfigValue({ type: "string" }, ["5"]), "5")
  assert.equal(readConfigValue({ type: "boolean" }, ["True"]), true)
  assert.equal(readConfigValue({ type: "boolean" }, ["off"]), false)
  assert.equal(readConfigValue({ default: 2.5 }, ["3"]), 3)
  assert.equal(readConfigValue({ type: ["number", "null"] }, ["null"]), null)
})

test("text that cannot be one is handed on, for the check to refuse", () => {
  assert.equal(readConfigValue({ type: "integer" }, ["five"]), "five")
  assert.equal(readConfigValue({ type: "integer" }, [""]), "")
  assert.equal(readConfigValue({ type: "boolean" }, ["constructor"]), "constructor")
  assert.equal(readConfigValue({ type: "number" }, ["0x10"]), "0x10")
})

test("an integer that a number cannot hold is not made into another one", () => {
  assert.equal(readConfigValue({ type: "integer" }, ["9007199254740991"]), 9007199254740991)
  assert.equal(readConfigValue({ type: "integer" }, ["9007199254740993"]), "9007199254740993")
})

test("a list is given element by element, or as JSON", () => {
  const list = { type: "array", items: { type: "integer" } }
  assert.deepEqual(readConfigValue(list, ["1", "2"]), [1, 2])
  assert.deepEqual(readConfigValue(list, [" [1, 2]"]), [1, 2])
  assert.deepEqual(readConfigValue(list, ["1"]), [1])
  assert.deepEqual(readConfigValue(list, ["[1,"]), ["[1,"])
  assert.deepEqual(readConfigValue({ type: "array" }, ["a", "b"]), ["a", "b"])
})

test("an object is JSON", () => {
  assert.deepEqual(readConfigValue({ type: "object" }, ['{"a":1}']), { a: 1 })
  assert.equal(readConfigValue({ type: "object" }, ["{a}"]), "{a}")
})
