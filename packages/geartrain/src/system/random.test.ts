import assert from "node:assert/strict"
import { test } from "node:test"
import { randomFraction, randomHex } from "./random.ts"

test("there are two digits a byte, and never the same twice", () => {
  const seen = new Set(Array.from({ length: 1000 }, () => randomHex(12)))
  assert.equal(seen.size, 1000)
  for (const text of seen) assert.match(text, /^[0-9a-f]{24}$/)
  assert.equal(randomHex(0), "")
  // More than the kernel gives in one piece for certain.
  assert.match(randomHex(1000), /^(?!0{64})[0-9a-f]{2000}$/)
})

test("a fraction lies between 0 and 1, and is another each time", () => {
  const seen = new Set(Array.from({ length: 100 }, randomFraction))
  assert.equal(seen.size, 100)
  for (const fraction of seen) assert.ok(fraction >= 0 && fraction < 1)
})
