import assert from "node:assert/strict"
import { test } from "node:test"
import type { JsonObject, JsonValue } from "../json/json-value.ts"
import { applyReference } from "./reference-keyword.ts"
import { newRun, SchemaCheck } from "./schema-check.ts"
import type { SchemaViolation } from "./schema-violation.ts"
import { validateDraft04 } from "./validate-draft-04.ts"

const ROOT: JsonObject = {
  definitions: { "a/b~c d": { type: "string" }, list: [{ type: "number" }, { type: "boolean" }] },
}

function violations(reference: JsonValue, value: JsonValue, root: JsonValue = ROOT): readonly SchemaViolation[] {
  const found: SchemaViolation[] = []
  const run = newRun({}, (schema, check) => {
    for (const violation of validateDraft04(schema, check.value)) check.violations.push(violation)
  })
  applyReference(new SchemaCheck(run, { value, root, violations: found }), reference)
  return found
}

test("a pointer leads into its own document, whatever characters its names have", () => {
  const pointer = "#/definitions/a~1b~0c%20d"
  assert.deepEqual(violations(pointer, "text"), [])
  assert.equal(violations(pointer, 5)[0]?.keyword, "type")
  assert.deepEqual(violations("#/definitions/list/1", true), [])
  assert.equal(violations("#/definitions/list/0", true)[0]?.keyword, "type")
})

test("the rules of draft 4 can be referred to, and nothing else outside", () => {
  const draft = "http://json-schema.org/draft-04/schema"
  assert.deepEqual(violations(`${draft}#`, { type: "string" }), [])
  assert.deepEqual(violations(draft, { type: "string" }), [])
  assert.notEqual(violations(draft, { type: "none" }).length, 0)
  for (const reference of [
    "http://example.org/schema#",
    "other.json#/a",
    "file:///etc/passwd",
    "http://json-schema.org/draft-07/schema#",
  ]) {
    assert.deepEqual(
      violations(reference, 1).map(({ keyword, culprit }) => [keyword, culprit]),
      [["$ref", "schema"]],
      reference,
    )
  }
})

test("a reference to nothing, and one that is no text, are faults of the schema", () => {
  for (const reference of [
    "#/none",
    "#/definitions/list/01",
    "#/definitions/list/-1",
    "#/definitions/list/2",
    "#/definitions/list/length",
    "#name",
    "#%",
    "#/constructor",
    5,
    null,
  ]) {
    assert.deepEqual(
      violations(reference, 1).map(({ culprit }) => culprit),
      ["schema"],
      String(reference),
    )
  }
})

test("a schema that refers to itself ends, and says so", () => {
  const circle: JsonObject = {
    definitions: { a: { $ref: "#/definitions/b" }, b: { $ref: "#/definitions/a" } },
    $ref: "#/definitions/a",
  }
  const [violation] = validateDraft04(circle, 1)
  assert.equal(violation?.keyword, "$ref")
  assert.equal(violation?.culprit, "schema")
  const tree: JsonObject = { type: "object", additionalProperties: { $ref: "#" } }
  assert.deepEqual(validateDraft04(tree, { a: { b: { c: {} } } }), [])
  assert.deepEqual(validateDraft04(tree, { a: { b: { c: 1 } } })[0]?.path, ["a", "b", "c"])
})

test("a check knows where it is in value and schema, and stops noting after a thousand violations", () => {
  const schema: JsonObject = { items: { type: "string" } }
  const found = validateDraft04(
    schema,
    Array.from({ length: 1500 }, (_, index) => index),
  )
  assert.equal(found.length, 1000)
  assert.deepEqual(found[7]?.path, [7])
  assert.deepEqual(found[7]?.schemaPath, ["items", "type"])
})
