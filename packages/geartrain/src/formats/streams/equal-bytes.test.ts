import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { file } from "../../../test/formats/sample-files.ts"
import { equalBytes } from "./equal-bytes.ts"

test("Two streams are equal just when their bytes are, in whatever pieces they come", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 40 }),
      fc.nat(60),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
      async (bytes, at, pieces, others) => {
        const read = (content: Uint8Array, size: number) => file("a", content, size).chunks()
        assert.equal(await equalBytes(read(bytes, pieces), read(bytes, others)), bytes.length)
        const spoiled = Buffer.from(bytes)
        if (at < bytes.length) spoiled[at] = (spoiled[at] ?? 0) ^ 1
        const other = at < bytes.length ? spoiled : Buffer.concat([spoiled, Buffer.from([0])])
        assert.equal(await equalBytes(read(bytes, pieces), read(other, others)), undefined)
      },
    ),
    { seed: 3 },
  )
})

test("A stream is let go of, and not read beyond the first difference", async () => {
  let given = 0
  let isClosed = false
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        given += 1
        yield Buffer.from([given])
      }
    } finally {
      isClosed = true
    }
  }
  assert.equal(await equalBytes(endless(), file("b", Uint8Array.from([1, 2, 9])).chunks()), undefined)
  assert.equal(given, 3)
  assert.equal(isClosed, true)
})
