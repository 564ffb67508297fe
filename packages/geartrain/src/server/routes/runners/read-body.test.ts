import assert from "node:assert/strict"
import { Readable } from "node:stream"
import { test } from "node:test"
import { readBody } from "./read-body.ts"

test("a body is read to its end, up to the most that is taken and not a byte further", async () => {
  assert.equal(String(await readBody(Readable.from([Buffer.from("ab"), Buffer.from("c")]), 3)), "abc")
  assert.equal((await readBody(Readable.from([]), 0)).length, 0)
  await assert.rejects(readBody(Readable.from([Buffer.from("abc")]), 2), { code: "REQUEST_TOO_LARGE" })
})

test("a body that never ends is given up as soon as it is too large, and is read no further", async () => {
  let pieces = 0
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) {
      pieces++
      yield Buffer.alloc(10)
    }
  }
  await assert.rejects(readBody(endless(), 25), { code: "REQUEST_TOO_LARGE", message: /more than 25 bytes/ })
  assert.equal(pieces, 3)
})

test("what is no stream is no body", async () => {
  for (const body of [undefined, null, "text", {}, 7])
    await assert.rejects(readBody(body, 10), { code: "REQUEST_INVALID" }, String(body))
})
