import assert from "node:assert/strict"
import { test } from "node:test"
import { manifestError } from "./manifest-error.ts"
import { parseManifest } from "./parse-manifest.ts"

test("the error lists the faults as a compiler does, and its details have them all", () => {
  const result = parseManifest('{\n  "name": "a b",\n  "label": 1\n}')
  assert.ok(!result.ok)
  const error = manifestError(result.faults, "gears/manifest.json")
  assert.equal(error.code, "MANIFEST_INVALID")
  const lines = error.message.split("\n")
  assert.equal(lines[0], 'Cannot accept gear manifest "gears/manifest.json": it has 10 faults')
  assert.equal(
    lines[1],
    'gears/manifest.json:1:1 /: "author" is missing; add "author": "Name of who wrote the algorithm"',
  )
  assert.equal(
    lines[9],
    'gears/manifest.json:2:11 /name: found "a b", wanted what matches the pattern ^[a-z0-9\\-]+$; write "a-b"',
  )
  assert.equal(lines[10], 'gears/manifest.json:3:12 /label: found the number 1, wanted a string; write "1"')
  assert.deepEqual(
    error.details["faults"],
    result.faults.map(({ mend: _, ...fault }) => fault),
  )
  assert.equal(error.details["file"], "gears/manifest.json")
})

test("a long list is cut in the message and whole in the details", () => {
  const config = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`c${index}`, { type: "int" }]))
  const result = parseManifest(JSON.stringify({ config }))
  assert.ok(!result.ok)
  const error = manifestError(result.faults, "manifest.json")
  const lines = error.message.split("\n")
  assert.equal(lines.length, 22)
  assert.equal(lines.at(-1), "… and 39 more")
  assert.equal((error.details["faults"] as unknown[]).length, 59)
})
