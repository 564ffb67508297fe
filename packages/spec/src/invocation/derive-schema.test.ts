import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError } from "../errors/geartrain-error.ts"
import type { JsonObject } from "../json/json-value.ts"
import type { GearManifest } from "../manifest/gear-manifest.ts"
import { META_SCHEMA } from "../schema/meta-schema.ts"
import { validateDraft04 } from "../schema/validate-draft-04.ts"
import { deriveInvocationSchema, isolateConfigSchema, isolateInputSchema } from "./derive-schema.ts"

function manifestOf(config: JsonObject, inputs: JsonObject): GearManifest {
  return { name: "bet", label: "Bet", config, inputs } as unknown as GearManifest
}

const SCHEMA = deriveInvocationSchema(
  manifestOf(
    {
      threshold: { type: "number", description: "How much", default: 0.5, base: "x" },
      note: { type: "string", optional: true },
      odd: { optional: "false" },
      even: { optional: [] },
    },
    {
      scan: { base: "file", description: "A scan", type: { enum: ["nifti"] } },
      more: { base: "file", optional: true },
      word: { base: "context", description: "A word" },
      key: { base: "api-key", "read-only": true },
    },
  ),
)

test("the schema is what the reference derives", () => {
  assert.deepEqual(SCHEMA, {
    title: "Invocation manifest for Bet",
    $schema: "http://json-schema.org/draft-04/schema#",
    type: "object",
    properties: {
      config: {
        type: "object",
        properties: { threshold: { type: "number", default: 0.5 }, note: { type: "string" }, odd: {}, even: {} },
        required: ["threshold", "even"],
      },
      inputs: {
        type: "object",
        properties: {
          scan: { type: "object", properties: { type: { enum: ["nifti"] } } },
          more: { type: "object", properties: {} },
          word: {
            type: "object",
            properties: { base: { type: "string" }, found: { type: "boolean" }, value: {} },
            required: ["base", "found", "value"],
          },
          key: { type: "object" },
        },
        required: ["scan", "word", "key"],
      },
    },
    required: ["config", "inputs"],
  })
  assert.deepEqual(validateDraft04(META_SCHEMA, SCHEMA), [])
})

test("nothing required is no list, since draft 4 has no empty ones", () => {
  const schema = deriveInvocationSchema(manifestOf({}, {}))
  assert.deepEqual(schema["properties"], {
    config: { type: "object", properties: {} },
    inputs: { type: "object", properties: {} },
  })
})

test("config and single inputs are cut out as schemas of their own", () => {
  assert.deepEqual(isolateInputSchema(SCHEMA, "scan"), {
    type: "object",
    properties: { type: { enum: ["nifti"] } },
    title: "Input invocation manifest for scan",
    $schema: "http://json-schema.org/draft-04/schema#",
  })
  const config = isolateConfigSchema(SCHEMA)
  assert.equal(config["title"], "Config invocation manifest")
  assert.deepEqual(config["required"], ["threshold", "even"])
  assert.throws(() => isolateInputSchema(SCHEMA, "none"), RangeError)
  assert.throws(() => isolateInputSchema(SCHEMA, "constructor"), RangeError)
})

test("a pattern that is none of Python's stops the derivation, one that is not matched here does not", () => {
  assert.throws(
    () => deriveInvocationSchema(manifestOf({ code: { pattern: "(" } }, {})),
    (error) =>
      isGeartrainError(error, "MANIFEST_INVALID") &&
      error.message ===
        'Cannot derive the invocation schema of gear "bet": at /config/code/pattern, the pattern "(" is none: it has a ( without )',
  )
  assert.doesNotThrow(() => deriveInvocationSchema(manifestOf({ code: { pattern: "(a)\\1" } }, {})))
})
