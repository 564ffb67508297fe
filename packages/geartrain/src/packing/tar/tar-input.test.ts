import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { type Reading, SKIPPED, TarInput, truncated } from "./tar-input.ts"

const PLACE = { reference: "a.tar" }

/** Gives a reading its pieces one by one. */
function drive<T>(reading: Reading<T>, pieces: readonly Buffer[]): T {
  const waiting = [...pieces]
  let step = reading.next()
  while (step.done !== true) step = reading.next(waiting.shift())
  return step.value
}

test("what is taken is the same bytes, in however many pieces they come", () => {
  const bytes = Buffer.from(Uint8Array.from({ length: 200 }, (_, index) => index))
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 20 }), (sizes) => {
      const pieces: Buffer[] = []
      let at = 0
      for (const size of [...sizes, 200]) {
        if (at < 200) pieces.push(bytes.subarray(at, at + size))
        at += size
      }
      const input = new TarInput(PLACE)
      const taken = drive(
        (function* (): Reading<(Buffer | undefined)[]> {
          const found = [yield* input.take(3), yield* input.take(90)].map((part) => part && Buffer.from(part))
          yield* input.skip(57, "entry")
          return [...found, yield* input.take(50), yield* input.take(1)]
        })(),
        pieces,
      )
      assert.deepEqual(taken[0], bytes.subarray(0, 3))
      assert.deepEqual(taken[1], bytes.subarray(3, 93))
      assert.deepEqual(taken[2], bytes.subarray(150))
      assert.equal(taken[3], undefined)
      assert.equal(input.offset, 200)
    }),
  )
})

test("a driver that skips tells so, and the place in the archive moves on by just that much", () => {
  const input = new TarInput(PLACE)
  const reading = input.skip(1_000_000, "large")
  assert.deepEqual(reading.next(), { value: 1_000_000, done: false })
  assert.equal(reading.next(SKIPPED).done, true)
  assert.equal(input.offset, 1_000_000)
})

test("an end in the middle of what is wanted is told with its place, and one right before it is none", () => {
  assert.throws(() => drive(new TarInput(PLACE).take(10), [Buffer.alloc(9)]), {
    code: "IMAGE_TRUNCATED",
    message: /header at byte 0$/,
  })
  assert.equal(drive(new TarInput(PLACE).take(10), []), undefined)
  assert.throws(() => drive(new TarInput(PLACE).skip(10, "the entry"), [Buffer.alloc(9)]), {
    message: 'Cannot read image "a.tar": entry "the entry" is cut short',
  })
  assert.match(truncated(PLACE, {}).message, /without an end marker$/)
})
