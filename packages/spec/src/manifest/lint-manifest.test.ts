import assert from "node:assert/strict"
import { test } from "node:test"
import { parseJson } from "../json/parse-json.ts"
import { FaultFinder } from "./fault-finder.ts"
import type { GearManifest } from "./gear-manifest.ts"
import { lintManifest } from "./lint-manifest.ts"

function keywordsOf(members: object): readonly string[] {
  const base = { name: "a", version: "1", url: "", source: "", config: {}, inputs: {} }
  const read = parseJson(JSON.stringify({ ...base, ...members }))
  assert.ok(read.ok)
  const finder = new FaultFinder(read.document)
  lintManifest(read.document.value as unknown as GearManifest, finder)
  return finder.faults.map(({ keyword, severity }) => `${severity} ${keyword}`)
}

test("a plain manifest is passed without a word", () => assert.deepEqual(keywordsOf({}), []))

test("addresses are those with a scheme, or none", () => {
  for (const url of ["https://a.b/c", "mailto:a@b.c", "git+ssh://x/y", "urn:a:b"])
    assert.deepEqual(keywordsOf({ url }), [], url)
  for (const url of ["www.a.b", "a b", "/x", "http://a b", " "])
    assert.deepEqual(keywordsOf({ url }), ["warning address"], url)
})

test("a name is measured in bytes, since it becomes that of a folder", () => {
  assert.deepEqual(keywordsOf({ inputs: { ["a".repeat(255)]: { base: "file" } } }), [])
  assert.deepEqual(keywordsOf({ inputs: { ["a".repeat(256)]: { base: "file" } } }), ["error input-name"])
  assert.deepEqual(keywordsOf({ inputs: { ["é".repeat(128)]: { base: "file" } } }), ["error input-name"])
})

test("patterns of file inputs are looked at, those of other inputs have none", () => {
  assert.deepEqual(keywordsOf({ inputs: { a: { base: "file", name: { pattern: "(" } } } }), ["error pattern"])
  assert.deepEqual(keywordsOf({ inputs: { a: { base: "context" }, b: { base: "api-key" } } }), [])
})
