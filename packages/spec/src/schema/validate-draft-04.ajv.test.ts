import assert from "node:assert/strict"
import { test } from "node:test"
import ajvDraft04 from "ajv-draft-04"
import fc from "fast-check"
import type { JsonObject, JsonValue } from "../json/json-value.ts"
import { META_SCHEMA } from "./meta-schema.ts"
import { validateDraft04 } from "./validate-draft-04.ts"

// The package is written in CommonJS: its default export is a member of what Node takes for the default export.
const Ajv = ajvDraft04.default

const name = fc.constantFrom("a", "b", "ab", "é", "x/y")
const scalar = fc.constantFrom<JsonValue>(
  null,
  true,
  false,
  0,
  1,
  2,
  -1,
  5,
  0.5,
  1.5,
  100,
  "",
  "a",
  "ab",
  "abc",
  "😀",
  "1",
)
const value = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    scalar,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(name, tie("value"), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value

const typeName = fc.constantFrom("array", "boolean", "integer", "null", "number", "object", "string")
const pattern = fc.constantFrom("a", "^a", "^.$", "[0-9]+", "b|1")
const count = fc.nat({ max: 3 })
const bound = fc.constantFrom(0, 1, 1.5, -1)

const schema = fc.letrec<{ schema: JsonObject }>((tie) => {
  const sub = tie("schema")
  const subs = fc.array(sub, { minLength: 1, maxLength: 3 })
  const named = fc.dictionary(name, sub, { maxKeys: 3, noNullPrototype: true })
  const names = fc.uniqueArray(name, { minLength: 1, maxLength: 3 })
  return {
    schema: fc.oneof(
      { maxDepth: 3 },
      fc.record(
        {
          type: fc.oneof(typeName, fc.uniqueArray(typeName, { minLength: 1, maxLength: 3 })),
          enum: fc.uniqueArray(value, {
            minLength: 1,
            maxLength: 4,
            comparator: "SameValueZero",
            selector: (member) => JSON.stringify(member),
          }),
          minLength: count,
          maxLength: count,
          pattern,
          multipleOf: fc.constantFrom(1, 2, 0.5),
        },
        { requiredKeys: [], noNullPrototype: true },
      ),
      fc.record(
        { minimum: bound, exclusiveMinimum: fc.boolean(), maximum: fc.constant(3), exclusiveMaximum: fc.boolean() },
        { noNullPrototype: true },
      ),
      fc.record(
        {
          items: fc.oneof(sub, subs),
          additionalItems: fc.oneof(fc.boolean(), sub),
          minItems: count,
          maxItems: count,
          uniqueItems: fc.boolean(),
        },
        { requiredKeys: [], noNullPrototype: true },
      ),
      fc.record(
        {
          properties: named,
          patternProperties: fc.dictionary(pattern, sub, { maxKeys: 2, noNullPrototype: true }),
          additionalProperties: fc.oneof(fc.boolean(), sub),
          required: names,
          minProperties: count,
          maxProperties: count,
          dependencies: fc.dictionary(name, fc.oneof(names, sub), { maxKeys: 2, noNullPrototype: true }),
        },
        { requiredKeys: [], noNullPrototype: true },
      ),
      fc.record({ allOf: subs, anyOf: subs, oneOf: subs, not: sub }, { requiredKeys: [], noNullPrototype: true }),
    ),
  } as { schema: fc.Arbitrary<JsonObject> }
}).schema

test("verdicts on random schemas and values are those of ajv", () => {
  fc.assert(
    fc.property(schema, fc.array(value, { minLength: 1, maxLength: 5 }), (schema, values) => {
      // A new one each time: what it compiled stays in it for ever.
      const validate = new Ajv({ strict: false, allErrors: true, logger: false }).compile(schema)
      for (const value of values) {
        const violations = validateDraft04(schema, value)
        assert.equal(violations.length === 0, validate(value), JSON.stringify({ schema, value, violations }))
      }
    }),
    { numRuns: 80 },
  )
})

test("ajv finds a schema well formed exactly when the meta-schema does", () => {
  const ajv = new Ajv({ strict: false, logger: false })
  const almost = fc.tuple(schema, fc.constantFrom(...Object.keys(META_SCHEMA["properties"] as object)), value)
  fc.assert(
    fc.property(almost, ([schema, keyword, value]) => {
      const changed = { ...schema, [keyword]: value }
      // ajv's copy gives the first three a format, which it checks, and the last no type.
      if (["id", "$schema", "pattern", "format"].includes(keyword)) return
      assert.equal(
        validateDraft04(META_SCHEMA, changed).length === 0,
        ajv.validateSchema(changed),
        JSON.stringify(changed),
      )
    }),
    { numRuns: 500 },
  )
})
