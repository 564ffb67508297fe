import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import type { JsonObject, JsonValue } from "../json/json-value.ts"
import { StepBudget, StepBudgetSpent } from "../pattern/step-budget.ts"
import { ARRAY_KEYWORDS } from "./array-keywords.ts"
import { equalityKey, equalJson } from "./json-equality.ts"
import { LOGIC_KEYWORDS } from "./logic-keywords.ts"
import { META_SCHEMA } from "./meta-schema.ts"
import { NUMBER_KEYWORDS } from "./number-keywords.ts"
import { OBJECT_KEYWORDS } from "./object-keywords.ts"
import { STRING_KEYWORDS } from "./string-keywords.ts"
import { VALUE_KEYWORDS } from "./value-keywords.ts"

/** Members of a schema that say nothing of the value, or only change what a neighbour says. */
const NO_RULES = ["id", "$schema", "title", "description", "definitions", "exclusiveMinimum", "exclusiveMaximum"]

test("every rule that the meta-schema knows is carried out, once", () => {
  const tables = [VALUE_KEYWORDS, NUMBER_KEYWORDS, STRING_KEYWORDS, ARRAY_KEYWORDS, OBJECT_KEYWORDS, LOGIC_KEYWORDS]
  const carriedOut = tables.flatMap((table) => Object.keys(table)).toSorted()
  const known = Object.keys(META_SCHEMA["properties"] as JsonObject).filter((name) => !NO_RULES.includes(name))
  assert.deepEqual(carriedOut, known.toSorted())
})

const equal = (a: JsonValue, b: JsonValue) => equalJson(a, b, new StepBudget())

test("true is not 1, and the order of members does not count", () => {
  assert.equal(equal({ a: 1, b: [true] }, { b: [true], a: 1.0 }), true)
  for (const [a, b] of [
    [true, 1],
    [false, 0],
    ["1", 1],
    [null, 0],
    [[], {}],
    [[1], [1, 2]],
    [{ a: 1 }, { b: 1 }],
  ] as const) {
    assert.equal(equal(a, b), false)
  }
  assert.equal(equal({ constructor: 1 }, {}), false)
})

test("two values have one key exactly when they are equal", () => {
  const value = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<JsonValue>
  fc.assert(
    fc.property(value, value, (a, b) => {
      assert.equal(equalityKey(a) === equalityKey(b), equal(a, b))
      assert.equal(equal(a, structuredClone(a)), true)
    }),
    { numRuns: 500 },
  )
})

test("comparing is counted", () => {
  const list = Array.from({ length: 100 }, () => 0)
  assert.throws(() => equalJson(list, [...list], new StepBudget(50)), StepBudgetSpent)
})
