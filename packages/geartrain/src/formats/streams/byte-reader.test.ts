import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { ByteReader, readBoth } from "./byte-reader.ts"

/** Hands out pieces in one and the same memory, as a stream of a file may. */
async function* reusing(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  const memory = new Uint8Array(64)
  for (const piece of pieces) {
    memory.fill(0xee)
    memory.set(piece)
    yield memory.subarray(0, piece.length)
  }
  memory.fill(0xee)
}

test("whatever is asked for in turn, it is the bytes of the stream in their order", async () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 10 })
  const steps = fc.array(fc.tuple(fc.constantFrom("take", "peek", "skip", "ready"), fc.integer({ min: 0, max: 50 })), {
    maxLength: 10,
  })
  await fc.assert(
    fc.asyncProperty(pieces, steps, async (given, turns) => {
      const whole = Buffer.concat(given)
      const reader = new ByteReader(reusing(given))
      let at = 0
      for (const [step, length] of turns) {
        if (step === "ready") assert.ok((await reader.ready(length)) >= Math.min(length, whole.length - at))
        else if (step === "skip") at += await reader.skip(length)
        else {
          const got = Buffer.from(step === "take" ? await reader.take(length) : await reader.peek(length))
          assert.deepEqual(got, whole.subarray(at, at + length))
          if (step === "take") at += got.length
        }
        assert.equal(reader.position, step === "skip" ? at : reader.position)
      }
      assert.equal(reader.position, at)
      assert.deepEqual(Buffer.from(await reader.take(1000)), whole.subarray(at))
    }),
  )
})

test("skipping tells how much there was", async () => {
  const reader = new ByteReader(reusing([Uint8Array.of(1, 2, 3)]))
  assert.equal(await reader.skip(2), 2)
  assert.equal(await reader.skip(5), 1)
  assert.equal(await reader.skip(5), 0)
})

test("both files are let go of when one turns out not to be of its format", async () => {
  let open = 0
  const source = {
    name: "f",
    async *chunks() {
      open += 1
      try {
        yield new Uint8Array(10)
        yield new Uint8Array(10)
      } finally {
        open -= 1
      }
    },
  }
  await assert.rejects(
    readBoth(source, source, async (a, b) => {
      await Promise.all([a.take(1), b.take(1)])
      throw new RangeError("unfit")
    }),
    RangeError,
  )
  assert.equal(open, 0)
})
