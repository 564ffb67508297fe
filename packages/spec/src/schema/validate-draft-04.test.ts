import assert from "node:assert/strict"
import { test } from "node:test"
import { formatPath } from "../json/json-path.ts"
import type { JsonValue } from "../json/json-value.ts"
import { parseJson } from "../json/parse-json.ts"
import { StepBudget } from "../pattern/step-budget.ts"
import { META_SCHEMA } from "./meta-schema.ts"
import { validateDraft04 } from "./validate-draft-04.ts"

/** Every violation as `path keyword: problem`. */
function told(schema: JsonValue, value: JsonValue): readonly string[] {
  return validateDraft04(schema, value).map(
    ({ path, keyword, problem }) => `${formatPath(path)} ${keyword}: ${problem}`,
  )
}

const CASES: readonly (readonly [schema: JsonValue, value: JsonValue, ...told: string[]])[] = [
  [{ type: "string" }, "a"],
  [{ type: "string" }, 1, "/ type: found the number 1, wanted a string"],
  [{ type: "integer" }, true, "/ type: found true, wanted an integer"],
  [{ type: "integer" }, 1.5, "/ type: found the number 1.5, wanted an integer"],
  [{ type: ["number", "null"] }, "1", '/ type: found the string "1", wanted a number or null'],
  [{ type: "object" }, [1], "/ type: found the array [1], wanted an object"],
  [{ enum: ["a", 1, { b: [2] }] }, { b: [2] }],
  [{ enum: ["a", 1] }, true, '/ enum: found true, wanted one of "a", 1'],
  [{ enum: ["a"] }, "b", '/ enum: found "b", wanted "a"'],
  [{ minimum: 2 }, 2],
  [{ minimum: 2 }, 1, "/ minimum: found 1, wanted at least 2"],
  [{ minimum: 2, exclusiveMinimum: true }, 2, "/ minimum: found 2, wanted more than 2"],
  [{ maximum: 2 }, 3, "/ maximum: found 3, wanted at most 2"],
  [{ maximum: 2, exclusiveMaximum: true }, 2, "/ maximum: found 2, wanted less than 2"],
  [{ maximum: 2 }, "3"],
  [{ multipleOf: 2 }, 3, "/ multipleOf: found 3, wanted a multiple of 2"],
  [{ multipleOf: 0.5 }, 1.5],
  [{ multipleOf: 0.1 }, 0.3, "/ multipleOf: found 0.3, wanted a multiple of 0.1"],
  [{ multipleOf: 1e-300 }, 1e300, "/ multipleOf: found 1e+300, wanted a multiple of 1e-300"],
  [{ maxLength: 1 }, "😀"],
  [{ maxLength: 1 }, "ab", "/ maxLength: found 2 characters, wanted at most 1"],
  [{ minLength: 2 }, "😀", "/ minLength: found 1 character, wanted at least 2"],
  [{ pattern: "^a$" }, "a\n"],
  [{ pattern: "^a$" }, "b", '/ pattern: found "b", wanted what matches the pattern ^a$'],
  [{ items: { type: "string" } }, ["a", 1], "/1 type: found the number 1, wanted a string"],
  [
    { items: [{ type: "string" }], additionalItems: false },
    ["a", 1],
    "/ additionalItems: found 2 items, wanted at most 1",
  ],
  [{ items: [{}], additionalItems: { type: "string" } }, [1, 2], "/1 type: found the number 2, wanted a string"],
  [{ items: {}, additionalItems: false }, [1, 2]],
  [{ minItems: 1 }, [], "/ minItems: found 0 items, wanted at least 1"],
  [{ maxItems: 1 }, [1, 2], "/ maxItems: found 2 items, wanted at most 1"],
  [{ uniqueItems: true }, [1, true, "1", [1], { a: 1, b: 2 }]],
  [
    { uniqueItems: true },
    [{ a: 1, b: 2 }, 0, { b: 2, a: 1 }],
    "/ uniqueItems: items 1 and 3 are the same, wanted all different",
  ],
  [{ properties: { a: { type: "string" } } }, { a: 1, b: 1 }, "/a type: found the number 1, wanted a string"],
  [
    { patternProperties: { "^x": { type: "string" } } },
    { x1: 1, y: 1 },
    "/x1 type: found the number 1, wanted a string",
  ],
  [
    { additionalProperties: false, properties: { a: {} }, patternProperties: { "^x": {} } },
    { a: 1, x1: 1 },
  ],
  [{ additionalProperties: false }, { a: 1, b: 2 }, '/ additionalProperties: "a" and "b" are not allowed here'],
  [{ additionalProperties: { type: "string" } }, { "a/b": 1 }, "/a~1b type: found the number 1, wanted a string"],
  [{ required: ["a", "b"] }, { b: 1 }, '/ required: "a" is missing'],
  [{ required: ["constructor"] }, {}, '/ required: "constructor" is missing'],
  [{ minProperties: 1 }, {}, "/ minProperties: found 0 members, wanted at least 1"],
  [{ maxProperties: 1 }, { a: 1, b: 2 }, "/ maxProperties: found 2 members, wanted at most 1"],
  [{ dependencies: { a: ["b"] } }, { a: 1 }, '/ dependencies: "b" is missing, without which "a" may not be'],
  [{ dependencies: { a: { required: ["c"] } } }, { a: 1 }, '/ required: "c" is missing'],
  [{ allOf: [{ type: "string" }, { minLength: 2 }] }, "a", "/ minLength: found 1 character, wanted at least 2"],
  [
    { anyOf: [{ type: "string" }, { type: "null" }] },
    1,
    "/ anyOf: none of the 2 forms fits: found the number 1, wanted a string; or found the number 1, wanted null",
  ],
  [{ oneOf: [{ type: "string" }, { minLength: 1 }] }, "a", "/ oneOf: 2 of the forms fit, of which just one may"],
  [{ oneOf: [{ type: "string" }] }, 1, "/ oneOf: none of the 1 forms fits: found the number 1, wanted a string"],
  [{ not: { type: "string" } }, "a", '/ not: it is what it must not be: {"type":"string"}'],
  [
    { definitions: { a: { type: "string" } }, properties: { x: { $ref: "#/definitions/a" } } },
    { x: 1 },
    "/x type: found the number 1, wanted a string",
  ],
  [
    { definitions: { "a/b%": { type: "string" } }, items: { $ref: "#/definitions/a~1b%25" } },
    [1],
    "/0 type: found the number 1, wanted a string",
  ],
  [{ items: { $ref: "#" }, type: "array" }, [[], [1]], "/1/0 type: found the number 1, wanted an array"],
  [
    { properties: { x: { $ref: "#/none", type: "string" } } },
    { x: 1 },
    '/x $ref: the reference "#/none" leads out of the schema, or to nothing in it',
  ],
  [
    { $ref: "http://example.org/schema.json" },
    1,
    '/ $ref: the reference "http://example.org/schema.json" leads out of the schema, or to nothing in it',
  ],
  [
    { $ref: "http://json-schema.org/draft-04/schema#" },
    { minLength: -1 },
    "/minLength minimum: found -1, wanted at least 0",
  ],
  [
    {
      id: "http://example.org/",
      properties: { x: { id: "inner", definitions: { a: { type: "null" } }, items: { $ref: "#/definitions/a" } } },
    },
    { x: [1] },
    "/x/0 type: found the number 1, wanted null",
  ],
  [{ format: "uri" }, "not a uri"],
  [
    { type: 7, required: true, properties: 1, items: "x", minimum: "1", enum: 3, anyOf: {}, pattern: 1 },
    "a",
    '/ type: found the string "a", wanted "7"',
  ],
]

for (const [schema, value, ...expected] of CASES) {
  const verdict = expected.length === 0 ? "is valid" : "is not valid"
  test(`${JSON.stringify(value)} ${verdict} under ${JSON.stringify(schema)}`, () => {
    assert.deepEqual(told(schema, value), expected)
  })
}

test("a violation tells where it is in the schema, what was wanted and which names it is about", () => {
  const schema = { properties: { a: { anyOf: [{ required: ["x", "y"] }] } } }
  const [violation] = validateDraft04(schema, { a: { y: 1 } })
  assert.deepEqual(violation?.schemaPath, ["properties", "a", "anyOf"])
  assert.deepEqual(violation?.branches[0]?.[0], {
    path: ["a"],
    keyword: "required",
    schemaPath: ["properties", "a", "anyOf", 0, "required"],
    wanted: ["x", "y"],
    problem: '"x" is missing',
    names: ["x"],
    branches: [],
    culprit: "value",
  })
})

test("how a number is written decides whether it is an integer", () => {
  const read = parseJson("[1, 1.0, 1e2, -0, -0.0]")
  assert.ok(read.ok)
  const { document } = read
  const schema = { items: { type: "integer" } }
  const violations = validateDraft04(schema, document.value, { numberText: (path) => document.numberText(path) })
  assert.deepEqual(
    violations.map(({ path, problem }) => `${path[0]} ${problem}`),
    [
      "1 found the number 1.0, wanted an integer",
      "2 found the number 1e2, wanted an integer",
      "4 found the number -0.0, wanted an integer",
    ],
  )
  assert.deepEqual(validateDraft04(schema, document.value), [])
})

test("a format is checked by who offers to", () => {
  const checkFormat = (format: string, text: string) =>
    format === "even" && text.length % 2 === 1 ? "it is odd" : undefined
  assert.equal(validateDraft04({ format: "even" }, "abc", { checkFormat })[0]?.problem, "it is odd")
  assert.deepEqual(validateDraft04({ format: "even" }, "ab", { checkFormat }), [])
})

test("a pattern that cannot be used is the schema's fault, not the value's", () => {
  for (const [schema, value] of [
    [{ pattern: "(a)\\1" }, "aa"],
    [{ patternProperties: { "(": {} } }, { a: 1 }],
    [{ not: { pattern: "(" } }, "a"],
    [{ anyOf: [{ pattern: "(" }, { type: "null" }] }, "a"],
  ] as const) {
    const violations = validateDraft04(schema, value)
    assert.deepEqual(
      violations.map((violation) => violation.culprit),
      ["schema"],
    )
  }
  assert.match(told({ pattern: "(a)\\1" }, "aa")[0] ?? "", /cannot be used: it refers back to a group$/)
})

test("hostile schemas come to an end", () => {
  const loop = { $ref: "#" }
  assert.deepEqual(told(loop, 1), ["/ $ref: the schema refers to itself without end"])
  const forks = { anyOf: [{ $ref: "#" }, { $ref: "#" }], not: {} }
  assert.equal(validateDraft04(forks, 1).at(-1)?.culprit, "schema")
  const doubling: Record<string, JsonValue> = { level0: { type: "string" } }
  for (let level = 1; level < 60; level++) {
    const below = { $ref: `#/definitions/level${level - 1}` }
    doubling[`level${level}`] = { allOf: [below, below] }
  }
  const doubled = validateDraft04({ definitions: doubling, $ref: "#/definitions/level59" }, 1)
  assert.equal(doubled.at(-1)?.problem, "checking it takes more steps than are allowed")
  const many = Array.from({ length: 2000 }, (_, index) => [index])
  const costly = validateDraft04(
    { items: { enum: many } },
    many.map(() => [-1]),
    { budget: new StepBudget(100_000) },
  )
  assert.equal(costly.at(-1)?.problem, "checking it takes more steps than are allowed")
  assert.equal(validateDraft04({ items: { type: "null" } }, many).length, 1000)
})

test("the meta-schema is well formed by itself, and finds what is not", () => {
  assert.deepEqual(validateDraft04(META_SCHEMA, META_SCHEMA), [])
  assert.deepEqual(
    validateDraft04(META_SCHEMA, { type: "int", required: [], enum: [1, 1], exclusiveMinimum: true }).map(
      ({ path, keyword }) => `${formatPath(path)} ${keyword}`,
    ),
    ["/required minItems", "/enum uniqueItems", "/type anyOf", "/ dependencies"],
  )
})
