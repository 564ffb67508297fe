import assert from "node:assert/strict"
import { test } from "node:test"
import type { GearManifest, JsonObject } from "@geartrain/spec"
import type { Rule } from "@geartrain/spec/rules"
import { compareManifests } from "./compare-manifests.ts"

function manifest(config: Readonly<Record<string, JsonObject>>, inputs: Readonly<Record<string, JsonObject>> = {}) {
  return { name: "tool", version: "1", config, inputs } as unknown as GearManifest
}

function changes(before: GearManifest, after: GearManifest, rule: Partial<Rule> = {}) {
  return compareManifests({ name: "r", ...rule } as Rule, before, after).changes
}

const NUMBER = { type: "number", default: 1 }

test("versions that take the same make no change, in whatever order they say it", () => {
  const one = manifest({ a: NUMBER, b: { type: "string", enum: ["x"] } }, { scan: { base: "file" } })
  const same = manifest(
    { b: { enum: ["x"], type: "string" }, a: { default: 1, type: "number" } },
    { scan: { base: "file" } },
  )
  assert.deepEqual(changes(one, same), [])
})

test("of each value the change that matters most is told, with both sides", () => {
  const cases: readonly (readonly [JsonObject | undefined, JsonObject | undefined, object])[] = [
    [undefined, NUMBER, { change: "appears", after: 1 }],
    [undefined, { type: "number" }, { change: "appears" }],
    [NUMBER, undefined, { change: "vanishes", before: 1 }],
    [NUMBER, { type: "string", default: "1" }, { change: "changes-type", before: "number", after: "string" }],
    [NUMBER, { type: "number", default: 2 }, { change: "changes-default", before: 1, after: 2 }],
    [NUMBER, { type: "number" }, { change: "changes-default", before: 1 }],
    [{ type: "number" }, { type: "number", optional: true }, { change: "becomes-optional" }],
    [{ type: "number", optional: true }, { type: "number", optional: false }, { change: "becomes-required" }],
  ]
  for (const [from, to, told] of cases) {
    const found = changes(manifest(from === undefined ? {} : { a: from }), manifest(to === undefined ? {} : { a: to }))
    assert.deepEqual(found, [{ kind: "config", name: "a", used: false, ...told }], JSON.stringify([from, to]))
  }
})

test("an input changes by its base, and by the types of its files", () => {
  const scan = (input: JsonObject) => manifest({}, { scan: input })
  const file = { base: "file", type: { enum: ["nifti"] } }
  assert.deepEqual(changes(scan(file), scan({ base: "context" })), [
    { kind: "input", name: "scan", used: false, change: "changes-type", before: "file", after: "context" },
  ])
  assert.deepEqual(changes(scan(file), scan({ ...file, type: { enum: ["dicom"] } })), [
    { kind: "input", name: "scan", used: false, change: "changes-type", before: file.type, after: { enum: ["dicom"] } },
  ])
})

test("it is told whether the rule sets what changes, and whether it still fits", () => {
  const rule = { config: { a: 1 }, inputs: { scan: {} } } as unknown as Partial<Rule>
  const { changes: found, faults } = compareManifests(
    { name: "r", ...rule } as Rule,
    manifest({ a: NUMBER, b: NUMBER }, { scan: { base: "file" } }),
    manifest({ b: NUMBER }),
  )
  assert.deepEqual(
    found.map(({ name, used }) => [name, used]),
    [
      ["a", true],
      ["scan", true],
    ],
  )
  assert.ok(faults.some((fault) => fault.includes('"scan"')))
})

test("a value that is called as every object's own members are is one like any other", () => {
  const named = (name: string) => manifest(Object.fromEntries([[name, NUMBER]]))
  for (const name of ["constructor", "toString"])
    assert.deepEqual(changes(manifest({}), named(name)), [
      { kind: "config", name, used: false, change: "appears", after: 1 },
    ])
})
