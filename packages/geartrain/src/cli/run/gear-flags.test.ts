import assert from "node:assert/strict"
import { test } from "node:test"
import type { ConfigItem, GearManifest, InputDeclaration } from "@geartrain/spec"
import { flagsOfGear, gearParameters, typesOf } from "./gear-flags.ts"

function manifestWith(inputs: Record<string, InputDeclaration>, config: Record<string, ConfigItem>): GearManifest {
  return { name: "g", version: "1", inputs, config } as unknown as GearManifest
}

test("files and config values have flags, contexts and keys have none", () => {
  const manifest = manifestWith(
    { reads: { base: "file" }, atlas: { base: "context" }, key: { base: "api-key" } },
    { threads: { type: "integer", default: 1 } },
  )
  assert.deepEqual(
    gearParameters(manifest, new Set()).map(({ kind, name, flag, isRequired }) => ({ kind, name, flag, isRequired })),
    [
      { kind: "file", name: "reads", flag: "reads", isRequired: true },
      { kind: "context", name: "atlas", flag: undefined, isRequired: false },
      { kind: "key", name: "key", flag: undefined, isRequired: true },
      { kind: "config", name: "threads", flag: "threads", isRequired: false },
    ],
  )
})

test("a name that gear run has itself, that is there twice, or that is no flag's, has no flag", () => {
  const manifest = manifestWith(
    { memory: { base: "file" }, both: { base: "file" }, "any text file <= 100 KB": { base: "file" } },
    {
      both: { type: "string" },
      x: { type: "string" },
      "-a": { type: "string" },
      _proto: { type: "string" },
      fine_Name: { type: "string" },
    },
  )
  const flags = gearParameters(manifest, new Set(["memory"])).map((parameter) => parameter.flag)
  assert.deepEqual(flags, [undefined, undefined, undefined, undefined, "x", undefined, undefined, "fine_Name"])
})

test("an optional value and one with a default need not be given", () => {
  const config = {
    a: { type: "string" },
    b: { type: "string", optional: true },
    c: { type: "boolean", default: false },
  }
  assert.deepEqual(
    gearParameters(manifestWith({}, config), new Set()).map((parameter) => parameter.isRequired),
    [true, false, false],
  )
})

test("truth values can be denied, unless the manifest has that name itself", () => {
  const config = { mask: { type: "boolean" }, "no-smooth": { type: "integer" }, smooth: { type: "boolean" } }
  const flags = flagsOfGear(gearParameters(manifestWith({}, config), new Set()))
  assert.equal(flags["mask"]?.type, "truth")
  assert.equal(flags["no-mask"]?.type, "switch")
  assert.equal(flags["no-smooth"]?.type, "text")
})

test("lists may be repeated, and enumerations are offered", () => {
  const config = {
    ids: { type: "array", items: { type: "integer" } },
    mode: { type: "string", enum: ["fast", "slow"] },
  }
  const flags = flagsOfGear(gearParameters(manifestWith({}, config), new Set()))
  assert.equal(flags["ids"]?.many, true)
  assert.deepEqual(flags["mode"]?.complete, ["fast", "slow"])
})

test("a value without a type has that of its default or its enumeration", () => {
  assert.deepEqual(typesOf({ type: "integer" }), ["integer"])
  assert.deepEqual(typesOf({ type: ["string", "null"] }), ["string", "null"])
  assert.deepEqual(typesOf({ enum: ["a", 1] }), ["string", "number"])
  assert.deepEqual(typesOf({ default: [1] }), ["array"])
  assert.deepEqual(typesOf({}), [])
})
