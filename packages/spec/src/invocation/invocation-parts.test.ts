import assert from "node:assert/strict"
import { test } from "node:test"
import type { JsonObject } from "../json/json-value.ts"
import type { GearManifest } from "../manifest/gear-manifest.ts"
import { checkConfig, fillDefaults, wantedValue } from "./check-config.ts"
import { checkInputs } from "./check-inputs.ts"
import { invocationError } from "./invocation-fault.ts"

function manifestOf(config: JsonObject, inputs: JsonObject = {}): GearManifest {
  return { name: "bet", version: "1", config, inputs } as unknown as GearManifest
}

test("defaults are filled in, in the manifest's order, and never in place of a null", () => {
  const manifest = manifestOf({ a: { default: 1 }, b: {}, c: { default: null }, d: { default: false } })
  assert.equal(JSON.stringify(fillDefaults(manifest, { z: 9, b: 2 })), '{"a":1,"b":2,"c":null,"d":false,"z":9}')
  assert.equal(JSON.stringify(fillDefaults(manifest, { a: null })), '{"a":null,"c":null,"d":false}')
})

test("what a value has to be is said in words", () => {
  const words: readonly (readonly [JsonObject, string])[] = [
    [{ type: "string" }, "a text"],
    [{ type: "boolean" }, "true or false"],
    [{ type: "integer", minimum: 1, maximum: 3 }, "an integer from 1 to 3"],
    [{ type: "number", minimum: 0, exclusiveMinimum: true }, "a number more than 0"],
    [{ type: "number", minimum: 0, maximum: 1, exclusiveMaximum: true }, "a number at least 0 and less than 1"],
    [{ type: "string", pattern: "^a" }, "a text that matches ^a"],
    [{ type: "string", enum: ["a"] }, '"a"'],
    [{ enum: ["a", 1] }, 'one of "a", 1'],
    [{ type: "array" }, "a list"],
    [{ type: ["string", "null"] }, "a value"],
    [{}, "a value"],
  ]
  for (const [item, text] of words) assert.equal(wantedValue(item), text)
})

test("a value of the wrong type is told once, not again for its bounds and enum", () => {
  const manifest = manifestOf({ a: { type: "integer", enum: [1, 2], minimum: 1 } })
  assert.deepEqual(
    checkConfig(manifest, { a: "1" }).map(({ keyword }) => keyword),
    ["type"],
  )
})

test("a member of a file that is known to be nothing is checked as such", () => {
  const manifest = manifestOf({}, { scan: { base: "file", modality: { enum: ["MR"] } } })
  const keywords = (file: JsonObject) =>
    checkInputs(manifest, { scan: { name: "x", ...file } }).map(({ keyword }) => keyword)
  assert.deepEqual([keywords({}), keywords({ modality: "MR" }), keywords({ modality: null })], [[], [], ["enum"]])
})

test("one fault is one thing", () => {
  const fault = {
    where: "/config/a",
    path: ["config", "a"],
    keyword: "unknown",
    problem: 'config "a" is not known',
    fix: "Leave it out",
  }
  const error = invocationError({ name: "bet", version: "1" }, [fault])
  assert.equal(
    error.message,
    'Cannot run gear "bet" 1: 1 thing is wrong with what it is given\n  config "a" is not known: leave it out',
  )
  assert.deepEqual(error.details, { gear: "bet", version: "1", faults: [fault] })
})
