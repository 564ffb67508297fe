import assert from "node:assert/strict"
import { test } from "node:test"
import { measurePairs } from "./measure-pairs.ts"

const NOTHING = { largestAbsolute: 0, largestRelative: 0 }

/** One pair after the other, as slowly as one likes. */
function slowly(a: readonly number[], b: readonly number[], { scale, offset }: { scale: number; offset: number }) {
  let [differing, largestAbsolute, largestRelative] = [0, 0, 0]
  for (const [index, one] of a.entries()) {
    const two = b[index] as number
    if (Object.is(one, two) || one === two) continue
    differing += 1
    const [x, y] = [one * scale + offset, two * scale + offset]
    const isNear = Math.abs(x - y) < Number.POSITIVE_INFINITY
    const apart = isNear ? Math.abs(x - y) : Number.POSITIVE_INFINITY
    const relative = isNear ? apart / Math.max(Math.abs(x), Math.abs(y)) : Number.POSITIVE_INFINITY
    largestAbsolute = Math.max(largestAbsolute, apart)
    if (relative > largestRelative) largestRelative = relative
  }
  return { differing, largestAbsolute, largestRelative }
}

/** A number that looks like chance, the same every time. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (state * 1664525 + 1013904223) % 4294967296
    yield state / 4294967296
  }
}

test("pairs are measured alike, however many of them are equal and whatever odd values are among them", () => {
  const chance = numbers(7)
  const next = (): number => chance.next().value
  for (const share of [0, 0.01, 0.5, 0.99, 1]) {
    for (const odd of [[], [Number.NaN, Number.NaN], [Number.NaN, 1], [Number.POSITIVE_INFINITY, 2], [0, -0], [0, 3]]) {
      for (const scaling of [
        { scale: 1, offset: 0 },
        { scale: -2.5, offset: 1000 },
        { scale: 0, offset: 5 },
      ]) {
        const a = Array.from({ length: 3000 }, () => next() * 100 - 50)
        const b = a.map((value) => (next() < share ? value * (1 + next() * 1e-3) : value))
        if (odd.length > 0) {
          a[1234] = odd[0] as number
          b[1234] = odd[1] as number
        }
        const found = measurePairs(Float64Array.from(a), Float64Array.from(b), { scaling, before: NOTHING })
        assert.deepEqual(found, slowly(a, b, scaling), JSON.stringify({ share, odd, scaling }))
      }
    }
  }
})

test("what was found before stays the largest where nothing is farther apart", () => {
  const before = { largestAbsolute: 10, largestRelative: 0.5 }
  const pair = [Float32Array.of(100, 1), Float32Array.of(101, 1)] as const
  const found = measurePairs(...pair, { scaling: { scale: 1, offset: 0 }, before })
  assert.deepEqual(found, { differing: 1, ...before })
})
