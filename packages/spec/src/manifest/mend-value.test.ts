import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import type { JsonValue } from "../json/json-value.ts"
import { validateDraft04 } from "../schema/validate-draft-04.ts"
import { isDevelopmentVersion } from "./development-version.ts"
import { mendFor, valueOfType } from "./mend-value.ts"

const TYPES = ["array", "boolean", "integer", "number", "object", "string"]

test("a value that is mended is of the type that is wanted, and says what it said before", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.jsonValue(), fc.constantFrom("104", "-7", "1.5", "TRUE", "false", "007", "1e3")),
      fc.constantFrom(...TYPES),
      (value, type) => {
        const mended = valueOfType(type, value as JsonValue)
        if (mended === undefined) return
        assert.deepEqual(validateDraft04({ type }, mended), [])
        assert.equal(String(mended).toLowerCase(), String(value).toLowerCase())
      },
    ),
  )
})

test("what could mean two things, or would lose something, is left to its author", () => {
  for (const [type, value] of [
    ["integer", "007"],
    ["integer", "1.5"],
    ["integer", " 1"],
    ["integer", "99999999999999999999"],
    ["number", "1e3"],
    ["number", "0x10"],
    ["boolean", "yes"],
    ["boolean", 1],
    ["string", null],
    ["string", ["a"]],
  ] as const) {
    assert.equal(valueOfType(type, value as JsonValue), undefined, `${type} ${JSON.stringify(value)}`)
  }
})

test("of several types that are wanted one is enough", () => {
  assert.equal(valueOfType(["integer", "null"], "3"), 3)
  assert.equal(valueOfType(["string", "null"], 3), "3")
})

test("a licence and a word for a type are mended to their spelling here, and nothing else is guessed", () => {
  const mend = (path: readonly (string | number)[], keyword: string, value: JsonValue | undefined) =>
    mendFor({ path, keyword, wanted: null } as unknown as Parameters<typeof mendFor>[0], value)
  assert.deepEqual(mend(["license"], "enum", "mit"), { kind: "replace", value: "MIT" })
  assert.equal(mend(["license"], "enum", "my own"), undefined)
  assert.deepEqual(mend(["config", "x", "type"], "anyOf", "int"), { kind: "replace", value: "integer" })
  for (const word of ["constructor", "integr", "", null])
    assert.equal(mend(["config", "x", "type"], "anyOf", word), undefined)
  assert.deepEqual(mend(["environment", "N"], "type", 4), { kind: "replace", value: "4" })
  assert.equal(mend(["environment", "N"], "type", { a: 1 }), undefined)
  assert.equal(mend(["license"], "enum", undefined), undefined)
})

test("a version is in development by its end alone", () => {
  for (const version of ["1.0.0-dev", "1-dev.3", "x-dev.a-b"])
    assert.equal(isDevelopmentVersion(version), true, version)
  for (const version of ["1.0.0", "dev", "1.0.0-devel", "1-dev.", "1-dev.a b", "-dev1", "1-dev\n"]) {
    assert.equal(isDevelopmentVersion(version), false, JSON.stringify(version))
  }
})
