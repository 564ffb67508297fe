import assert from "node:assert/strict"
import { test } from "node:test"
import { keyedHash } from "./keyed-hash.ts"

test("the hash depends on the key, on the seed, on every byte and on the length", () => {
  const key = [0x01234567, 0x89abcdef] as const
  const seen = new Set<number>()
  const inputs = ["", "\0", "\0\0", "a", "b", "aa", "abcd", "abcde", "abcdefgh", "abcdefgi"]
  for (const text of inputs) {
    for (const seed of [0, 1, 2]) {
      seen.add(keyedHash(key, seed, Buffer.from(text)))
      seen.add(keyedHash([key[1], key[0]], seed, Buffer.from(text)))
    }
  }
  assert.equal(seen.size, inputs.length * 6)
})

test("names that differ in one letter are spread over all slots", () => {
  const counts = new Array(64).fill(0) as number[]
  for (let index = 0; index < 64_000; index++) {
    const slot = keyedHash([7, 9], 5, Buffer.from(`file-${index}`)) & 63
    counts[slot] = (counts[slot] as number) + 1
  }
  assert.ok(Math.min(...counts) > 800 && Math.max(...counts) < 1200, String(counts))
})

test("the answer is an unsigned number of 32 bits", () => {
  for (let index = 0; index < 1000; index++) {
    const hash = keyedHash([index, -index], index, Buffer.from("x"))
    assert.ok(Number.isInteger(hash) && hash >= 0 && hash < 2 ** 32)
  }
})
