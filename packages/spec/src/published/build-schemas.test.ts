import assert from "node:assert/strict"
import { test } from "node:test"
import ajv2020 from "ajv/dist/2020.js"
import type { GearTest } from "../build/gear-test.ts"
import type { Recipe } from "../build/recipe.ts"
import type { JsonObject, JsonValue } from "../json/json-value.ts"
import { validateDraft04 } from "../schema/validate-draft-04.ts"
import { GEAR_TEST_SCHEMA } from "./gear-test-schema.ts"
import { RECIPE_SCHEMA } from "./recipe-schema.ts"

// Written in CommonJS: its default export is a member of what Node takes for the default export.
const Ajv = ajv2020.default

/** What another validator says; ours has to say the same, though it knows an older draft. */
function isValid(schema: JsonObject, value: JsonValue): boolean {
  const theirs = new Ajv({ strict: true, strictRequired: false, strictTypes: false }).compile(schema)(value) as boolean
  assert.equal(validateDraft04(schema, value).length === 0, theirs, JSON.stringify(value))
  return theirs
}

const RECIPE: Recipe = {
  recipe: 1,
  suite: "bookworm",
  date: "2023-11-14T22:13:20Z",
  mirror: "http://deb.debian.org/debian",
  packages: ["g++", "libc6", "python3.11"],
  files: { "/opt/x": "x" },
  remove: ["usr/lib/*/lib?san.so*", "usr/include"],
}

test("a recipe with every member is valid, and so is the shortest", () => {
  assert.equal(isValid(RECIPE_SCHEMA, RECIPE as unknown as JsonValue), true)
  assert.equal(isValid(RECIPE_SCHEMA, { recipe: 1, suite: "sid", snapshot: "2024-05-01" }), true)
})

test("no word of a recipe means something to a shell, and no member is unknown", () => {
  const wrong: readonly JsonObject[] = [
    ...["a;b", "$(id)", "`id`", "a b", "a'b", "/etc", "-rf", "~root", "{a,b}", "a|b", "a&b", "a>b", "\\x"].map(
      (pattern) => ({
        remove: [pattern],
      }),
    ),
    ...["Bash", "a", "-x", "a b", "a,b", "a=1"].map((name) => ({ packages: [name] })),
    ...["ftp://x", "http://x [trusted=yes]", "copy:x", "http://x y"].map((mirror) => ({ mirror })),
    ...["2023-13-01", "2023-1-1", "today", "2023-11-14T22:13"].map((date) => ({ date })),
    { suite: "stable" },
    { recipe: 2 },
    { commands: ["make"] },
    { files: ["x"] },
  ]
  for (const change of wrong) {
    assert.equal(
      isValid(RECIPE_SCHEMA, { ...(RECIPE as unknown as JsonObject), ...change }),
      false,
      JSON.stringify(change),
    )
  }
})

const DIGEST = `sha256:${"0".repeat(64)}` as const

test("a test with every member is valid, and so is one that expects nothing but success", () => {
  const whole: GearTest = {
    test: 1,
    about: "All of it",
    inputs: { text: "text.txt" },
    config: { threads: 2, list: [1], flag: true },
    exit: 3,
    outputs: {
      a: "present",
      b: "absent",
      c: DIGEST,
      d: { like: "d.csv", numbers: { absolute: 0.1 }, ignore: ["^#"], order: "any" },
    },
    log: ["said"],
  }
  assert.equal(isValid(GEAR_TEST_SCHEMA, whole as unknown as JsonValue), true)
  assert.equal(isValid(GEAR_TEST_SCHEMA, { test: 1 }), true)
})

test("what a test cannot expect is refused", () => {
  const wrong: readonly JsonObject[] = [
    { test: 2 },
    { exit: 256 },
    { exit: -1 },
    { outputs: { a: "there" } },
    { outputs: { a: "sha256:0" } },
    { outputs: { a: {} } },
    { outputs: { a: { like: "x", numbers: {} } } },
    { outputs: { a: { like: "x", numbers: { absolute: -1 } } } },
    { outputs: { a: { like: "x", order: "none" } } },
    { inputs: { a: 5 } },
    { log: [""] },
    { expect: {} },
  ]
  for (const change of wrong)
    assert.equal(isValid(GEAR_TEST_SCHEMA, { test: 1, ...change }), false, JSON.stringify(change))
})
