import assert from "node:assert/strict"
import { test } from "node:test"
import type { GearManifest } from "@geartrain/spec"
import { readConfigJson } from "./read-config-json.ts"

const MANIFEST: GearManifest = {
  name: "a",
  label: "A",
  description: "A",
  version: "1.0.0",
  author: "A",
  license: "MIT",
  url: "",
  source: "",
  config: { speed: { type: "number" }, mode: { type: "string", enum: ["fast", "slow"], optional: true } },
  inputs: {},
}

function read(text: string | Uint8Array) {
  return readConfigJson(typeof text === "string" ? Buffer.from(text) : text, MANIFEST, "/flywheel/v0/config.json")
}

test("what fits the manifest is read as it stands", () => {
  const text = '{"config":{"speed":2.5},"inputs":{},"more":1}'
  assert.equal(JSON.stringify(read(text)), text)
})

test("a file that cannot be the program's own is refused, and it is told why", () => {
  const cases: readonly (readonly [string | Uint8Array, RegExp])[] = [
    [Uint8Array.of(0xff), /it is not UTF-8$/],
    ["", /^Cannot read "\/flywheel\/v0\/config\.json": /],
    ["{", /^Cannot read/],
    ["[]", /it is no JSON object$/],
    ["null", /it is no JSON object$/],
    ['{"inputs": []}', /its member "inputs" is no object$/],
    ['{"config": null}', /its member "config" is no object$/],
    ['{"destination": "x"}', /its member "destination" is no object$/],
    ['{"config": {"speed": "2"}}', /config "speed" is not what the manifest says: /],
    ['{"config": {"speed": 1, "mode": "walk"}}', /config "mode"/],
    ["{}", /config is not what the manifest says: /],
  ]
  for (const [text, message] of cases)
    assert.throws(() => read(text), { code: "CONFIG_FILE_INVALID", message }, String(text))
})
