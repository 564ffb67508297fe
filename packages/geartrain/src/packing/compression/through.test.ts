import assert from "node:assert/strict"
import { Transform } from "node:stream"
import { test } from "node:test"
import { createGunzip, createGzip, gunzipSync } from "node:zlib"
import { through } from "./through.ts"

async function* chunksOf(count: number, bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let index = 0; index < count; index++) yield bytes
}

async function gathered(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = []
  for await (const piece of pieces) all.push(piece)
  return Buffer.concat(all)
}

test("what goes in comes out transformed, more than any buffer holds, and nothing of nothing", async () => {
  const chunk = Buffer.alloc(100_000, "some text\n")
  const packed = await gathered(through(createGzip(), chunksOf(50, chunk)))
  assert.ok(gunzipSync(packed).equals(Buffer.concat(Array.from({ length: 50 }, () => chunk))))
  assert.equal(gunzipSync(await gathered(through(createGzip(), chunksOf(0, chunk)))).length, 0)
})

test("an error of the source comes out, and the transform is ended", async () => {
  const transform = createGzip()
  const broken = (async function* () {
    yield Buffer.from("x")
    throw new RangeError("it broke")
  })()
  await assert.rejects(gathered(through(transform, broken)), new RangeError("it broke"))
  assert.ok(transform.destroyed)
})

test("an error of the transform comes out, and the source is ended", async () => {
  let isEnded = false
  const source = (async function* () {
    try {
      for (;;) yield Buffer.from("no gzip")
    } finally {
      isEnded = true
    }
  })()
  await assert.rejects(gathered(through(createGunzip(), source)), { code: "Z_DATA_ERROR" })
  assert.ok(isEnded)
})

test("when nobody reads on, both are ended", async () => {
  let ended: (value: true) => void = () => undefined
  const isEnded = new Promise<true>((resolve) => {
    ended = resolve
  })
  const source = (async function* () {
    try {
      for (;;) yield Buffer.alloc(1000)
    } finally {
      ended(true)
    }
  })()
  const plain = new Transform({ transform: (chunk, _, done) => done(null, chunk) })
  for await (const piece of through(plain, source)) {
    assert.ok(piece.length > 0)
    break
  }
  assert.ok(plain.destroyed)
  assert.ok(await isEnded)
})
