import assert from "node:assert/strict"
import { test } from "node:test"
import type { Digest } from "@geartrain/spec"
import { encodeDigestLines, MOST_DIGEST_LINES_BYTES, MOST_DIGESTS, parseDigestLines } from "./digest-lines.ts"

const DIGEST: Digest = `sha256:${"ab".repeat(32)}`
const LINES = encodeDigestLines(new Map([["1:2:3:-4:5", DIGEST]]))

test("digests are read as they were written, in their order", () => {
  const digests = new Map<string, Digest>([
    ["64769:12:9000000:1600000000000000001:1600000000000000002", DIGEST],
    ["1:2:3:-4:5", `sha256:${"cd".repeat(32)}`],
  ])
  assert.deepEqual([...(parseDigestLines(encodeDigestLines(digests)) ?? [])], [...digests])
  assert.deepEqual(parseDigestLines(encodeDigestLines(new Map())), new Map())
})

test("one byte that is not as it was makes all of it worth nothing", () => {
  const bytes = Buffer.from(LINES)
  for (let index = 0; index < bytes.length; index++) {
    const damaged = Buffer.from(bytes)
    damaged[index] = (damaged[index] ?? 0) ^ 1
    assert.equal(parseDigestLines(damaged.toString("latin1")), undefined, `byte ${index}`)
  }
  for (let length = 0; length < LINES.length; length++)
    assert.equal(parseDigestLines(LINES.slice(0, length)), undefined)
})

test("the oldest go first, and the file stays small", () => {
  const longest = "1".repeat(20)
  const many = new Map(
    Array.from({ length: MOST_DIGESTS + 5 }, (_, n) => [`${n}:${longest}:${longest}:-${longest}:-${longest}`, DIGEST]),
  )
  const text = encodeDigestLines(many)
  assert.ok(text.length < MOST_DIGEST_LINES_BYTES)
  const read = [...(parseDigestLines(text)?.keys() ?? [])]
  assert.equal(read.length, MOST_DIGESTS)
  assert.match(read[0] ?? "", /^5:/)
})
