import assert from "node:assert/strict"
import { test } from "node:test"
import type { GearManifest } from "../manifest/gear-manifest.ts"
import { unknownName } from "./unknown-name.ts"

const TEXTS = { name: "g", label: "", description: "", version: "1", author: "", url: "", source: "" }
const MANIFEST: GearManifest = {
  ...TEXTS,
  license: "MIT",
  config: { threshold: { type: "number" } },
  inputs: { image: { base: "file" }, mask: { base: "file" } },
}
const EMPTY: GearManifest = { ...MANIFEST, config: {}, inputs: {} }

test("a name that is nearly one of the manifest's is taken for that", () => {
  assert.equal(unknownName(MANIFEST, "config", "treshold").fix, 'Did you mean "threshold"?')
  assert.equal(unknownName(MANIFEST, "inputs", "imgae").fix, 'Did you mean "image"?')
})

test("a name that the manifest has on the other side belongs there", () => {
  assert.equal(unknownName(MANIFEST, "config", "image").fix, "Give it as an input")
  assert.equal(unknownName(MANIFEST, "inputs", "threshold").fix, "Set it as config, since it is no input")
})

test("what else there is, is listed", () => {
  assert.match(unknownName(MANIFEST, "config", "zzz").fix, /^Leave it out; there is .*threshold/)
  assert.match(unknownName(MANIFEST, "inputs", "zzz").fix, /^Leave it out; there are .*image.*mask/)
  assert.equal(unknownName(EMPTY, "config", "a").fix, "Leave it out, since the gear has no config")
  assert.equal(unknownName(EMPTY, "inputs", "a").fix, "Leave it out, since the gear has no inputs")
})

test("names of every object's own members are unknown as well, and their place is a JSON pointer", () => {
  for (const name of ["constructor", "__proto__", "toString"]) {
    assert.equal(unknownName(EMPTY, "inputs", name).fix, "Leave it out, since the gear has no inputs")
  }
  assert.equal(unknownName(EMPTY, "config", "a/b~c").where, "/config/a~1b~0c")
})
