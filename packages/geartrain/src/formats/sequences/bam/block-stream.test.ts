import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { BlockStream } from "./block-stream.ts"

/** Hands out pieces in one memory, which it writes over for the next. */
function source(bytes: Uint8Array, pieceBytes: number) {
  const seen = { isClosed: false, given: 0 }
  async function* chunks(): AsyncGenerator<Uint8Array> {
    const memory = Buffer.alloc(pieceBytes)
    try {
      for (let at = 0; at < bytes.length; at += pieceBytes) {
        memory.fill(0xee)
        const piece = bytes.subarray(at, at + pieceBytes)
        memory.set(piece)
        seen.given += piece.length
        yield memory.subarray(0, piece.length)
      }
    } finally {
      seen.isClosed = true
    }
  }
  return { seen, chunks: chunks() }
}

test("whatever is asked for and dropped in turn, it is the bytes of the stream in their order", async () => {
  const steps = fc.array(fc.record({ fill: fc.nat(40), drop: fc.nat(40) }), { maxLength: 20 })
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 200 }),
      fc.integer({ min: 1, max: 17 }),
      steps,
      async (bytes, piece, asked) => {
        const stream = new BlockStream(source(bytes, piece).chunks)
        let at = 0
        for (const { fill, drop } of asked) {
          await stream.fill(fill)
          const { length } = stream.bytes
          assert.ok(length >= Math.min(fill, bytes.length - at))
          assert.deepEqual([...stream.bytes], [...bytes.subarray(at, at + length)])
          const dropped = Math.min(drop, length)
          stream.drop(dropped)
          at += dropped
          assert.equal(stream.position, at)
        }
      },
    ),
  )
})

test("no more is read than is asked for, but for the rest of a piece", async () => {
  const { seen, chunks } = source(Buffer.alloc(100), 10)
  const stream = new BlockStream(chunks)
  assert.equal(seen.given, 0)
  await stream.fill(15)
  assert.deepEqual([seen.given, stream.bytes.length, stream.isAtEnd], [20, 20, false])
  await stream.fill(20)
  assert.equal(seen.given, 20)
  await stream.close()
  assert.ok(seen.isClosed)
})

test("the end is known once it was looked for, and asking beyond it is no error", async () => {
  const stream = new BlockStream(source(Buffer.from("abc"), 2).chunks)
  await stream.fill(3)
  assert.deepEqual([stream.bytes.toString(), stream.isAtEnd], ["abc", false])
  await stream.fill(4)
  assert.deepEqual([stream.bytes.toString(), stream.isAtEnd], ["abc", true])
  stream.drop(3)
  await stream.fill(1)
  assert.equal(stream.bytes.length, 0)
})
