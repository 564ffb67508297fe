import assert from "node:assert/strict"
import { test } from "node:test"
import type { JsonObject, JsonValue } from "../json/json-value.ts"
import { parseJson } from "../json/parse-json.ts"
import { META_SCHEMA } from "../schema/meta-schema.ts"
import { validateDraft04 } from "../schema/validate-draft-04.ts"
import { configVariable } from "./config-variable.ts"
import { explainViolations } from "./explain-violation.ts"
import { FaultFinder, inTextOrder } from "./fault-finder.ts"
import { fixFor } from "./fix-for-violation.ts"
import { LICENSES } from "./licenses.ts"
import { lintConfig } from "./lint-config.ts"
import { badPatterns, lintPatterns } from "./lint-patterns.ts"
import { INPUT_BASES, MANIFEST_MEMBERS, MANIFEST_RULES } from "./manifest-schema.ts"
import { flywheelMembers, isUserId } from "./reserved-members.ts"

function finderOf(value: JsonValue): FaultFinder {
  const read = parseJson(JSON.stringify(value))
  assert.ok(read.ok)
  return new FaultFinder(read.document)
}

/** What would mend a value by one rule, at one place of a manifest. */
function fix(path: readonly string[], rule: JsonObject, value: JsonValue): string {
  const [violation] = validateDraft04(rule, value)
  assert.ok(violation !== undefined)
  return fixFor({ ...violation, path }, value)
}

test("there are 101 licences, each once, in order", () => {
  assert.equal(LICENSES.length, 101)
  assert.equal(new Set(LICENSES).size, 101)
  for (const license of ["Apache-2.0", "GPL-3.0", "Flywheel MSA", "Other"]) assert.ok(LICENSES.includes(license))
})

test("the rules are a well-formed schema themselves, and name all members", () => {
  assert.deepEqual(validateDraft04(META_SCHEMA, MANIFEST_RULES), [])
  assert.equal(MANIFEST_MEMBERS.length, 18)
  assert.deepEqual(INPUT_BASES, ["file", "context", "api-key"])
})

test("licences in other spellings find theirs", () => {
  const meant = (value: string) => fix(["license"], { enum: LICENSES }, value)
  const spellings: readonly (readonly [string, string])[] = [
    ["apache-2.0", 'Write "Apache-2.0"'],
    ["GPL-3.0-or-later", 'Write "GPL-3.0"'],
    ["GPL-2.0-only", 'Write "GPL-2.0"'],
    ["MIT License", 'Write "MIT"'],
    ["Apache2", 'Write "Apache-2.0"'],
    ["BSD", 'Write "BSD-3-Clause"'],
    ["proprietary", 'Write "Other"'],
    ["Beerware", 'Write an SPDX identifier such as "MIT", or "Other"'],
  ]
  for (const [value, wanted] of spellings) assert.equal(meant(value), wanted, value)
})

test("names in other spellings find theirs", () => {
  const meant = (value: JsonValue) => fix(["name"], { pattern: "^[a-z0-9-]+$" }, value)
  assert.equal(meant("My Gear (v2)"), 'Write "my-gear-v2"')
  assert.equal(meant("漢字"), "Use only lower-case letters, digits and -")
})

test("types and values of other kinds find theirs", () => {
  const type = { anyOf: [{ enum: ["integer"] }, { type: "array" }] }
  assert.equal(fix(["config", "x", "type"], type, "float"), 'Write "number"')
  assert.equal(fix(["config", "x", "type"], type, "strnig"), 'Write "string"')
  assert.match(fix(["config", "x", "type"], type, "colour"), /^Write one of "array"/)
  assert.equal(fix(["a"], { type: "boolean" }, "NO"), "Write false, without quotes")
  assert.equal(fix(["a"], { type: "integer" }, 2.6), "Write 3")
  assert.equal(fix(["a"], { type: "number" }, "x"), "Write a number")
  assert.equal(fix(["a"], { type: ["string", "null"] }, []), 'Write a text: "…" or null')
  assert.equal(fix(["a"], { enum: [1, 2] }, 3), "Write 1 or 2")
  assert.equal(fix(["a"], { not: {} }, 1), "Write it as JSON Schema draft 4 has it")
})

test("faults are told where they are, at most a thousand, and in the order of the text", () => {
  const finder = finderOf({ a: { b: 1 }, c: 2 })
  finder.atValue(["c"], { keyword: "x", problem: "p", fix: "F" })
  finder.atKey(["a", "b"], { keyword: "x", problem: "p", fix: "F", severity: "warning" })
  finder.atValue(["none"], { keyword: "x", problem: "p", fix: "F" })
  assert.deepEqual(
    inTextOrder(finder.faults).map(({ where, column, severity }) => [where, column, severity]),
    [
      ["/none", 1, "error"],
      ["/a/b", 7, "warning"],
      ["/c", 18, "error"],
    ],
  )
  for (let count = 0; count < 2_000; count++) finder.atValue([], { keyword: "x", problem: "p", fix: "F" })
  assert.equal(finder.faults.length, 1_000)
})

test("of a value with several forms the faults of the one that was meant are told", () => {
  const finder = finderOf({ inputs: { x: { base: "file", size: { maximum: "5" } } } })
  const violations = validateDraft04(MANIFEST_RULES, finder.document.value)
  explainViolations(
    violations.filter(({ path }) => path.length > 0),
    finder,
  )
  assert.deepEqual(
    finder.faults.map(({ where, problem }) => `${where} ${problem}`),
    ['/inputs/x/size/maximum found the string "5", wanted a number'],
  )
})

test("config is looked through value by value, and what is no object is passed over", () => {
  const config = { a: { type: "integer", default: "1" }, b: 5, c: { type: "string", default: "x" } }
  const finder = finderOf({ config })
  lintConfig(config, finder)
  assert.deepEqual(
    finder.faults.map(({ where }) => where),
    ["/config/a/default"],
  )
})

test("patterns are found wherever a schema may have one", () => {
  const schema = {
    pattern: "(",
    items: [{ pattern: "ok" }, { pattern: "[" }],
    properties: { pattern: { not: { pattern: "(a)\\1" } } },
    enum: [{ pattern: "(" }],
    default: { pattern: "(" },
  }
  const found = badPatterns(schema).map(({ path }) => path.join("/"))
  assert.deepEqual(found.toSorted(), ["items/1/pattern", "pattern", "properties/pattern/not/pattern"])
  assert.deepEqual(badPatterns(schema, ["unsupported"]).length, 1)
  const finder = finderOf({ x: schema })
  lintPatterns(schema, ["x"], finder)
  assert.equal(finder.faults.length, 3)
})

test("reserved members are those of custom.flywheel, where that is an object", () => {
  assert.deepEqual(flywheelMembers({ custom: { flywheel: { uid: 1 } } }), { uid: 1 })
  for (const custom of [undefined, null, 1, [], {}, { flywheel: "0" }, { flywheel: null }] as const) {
    assert.deepEqual(flywheelMembers(custom === undefined ? {} : { custom }), {})
  }
  assert.deepEqual(
    [0, 4294967294, 4294967295, -1, 0.5, "0", null].map((id) => isUserId(id)),
    [true, true, false, false, false, false, false],
  )
})

test("a config value has a variable where its name leaves one", () => {
  assert.deepEqual(["speed", "Gear Log-Level", "_", "é!", ""].map(configVariable), [
    "FW_CONFIG_SPEED",
    "FW_CONFIG_GEAR_LOGLEVEL",
    "FW_CONFIG__",
    undefined,
    undefined,
  ])
})
