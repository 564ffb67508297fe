import assert from "node:assert/strict"
import { test } from "node:test"
import { randomHex } from "./random.ts"

test("there are two digits a byte, and never the same twice", () => {
  const seen = new Set(Array.from({ length: 1000 }, () => randomHex(12)))
  assert.equal(seen.size, 1000)
  for (const text of seen) assert.match(text, /^[0-9a-f]{24}$/)
  assert.equal(randomHex(0), "")
})
