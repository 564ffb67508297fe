import assert from "node:assert/strict"
import { test } from "node:test"
import { type MemoryReading, stallJudge } from "./memory-stall.ts"

const MEBIBYTE = 1024 * 1024

/** What was measured, second by second, of `head -c 200m /dev/zero | tail` in 32 MiB on Linux 6.18, in clock ticks. */
const STUCK: MemoryReading = {
  atMs: 0,
  limitBytes: 32 * MEBIBYTE,
  usageBytes: 32 * MEBIBYTE,
  fileBytes: 0.5 * MEBIBYTE,
  majorFaults: 0,
  userTime: 3,
  systemTime: 10,
}

/** Second number n of a box that is like that, but for what is told. */
function second(n: number, other: Partial<MemoryReading> = {}): MemoryReading {
  return { ...STUCK, atMs: n * 1000, majorFaults: n * 1350, systemTime: 10 + n * 76, ...other }
}

/** How many looks it takes until a box counts as stalled; undefined when sixty do not do. */
function looksUntilStalled(look: (n: number) => MemoryReading | undefined): number | undefined {
  const hasStalled = stallJudge()
  for (let n = 0; n < 60; n += 1) if (hasStalled(look(n))) return n
  return undefined
}

test("a box that only reads its own pages again and again at its limit has stalled after ten looks", () => {
  assert.equal(
    looksUntilStalled((n) => second(n)),
    10,
  )
})

test("one look with progress, or without an answer, begins the count anew", () => {
  assert.equal(
    looksUntilStalled((n) => second(n, n === 6 ? { usageBytes: 20 * MEBIBYTE } : {})),
    16,
  )
  assert.equal(
    looksUntilStalled((n) => (n === 6 ? undefined : second(n))),
    17,
  )
})

test("looks that come late count the faults of all the time since the last", () => {
  assert.equal(
    looksUntilStalled((n) => second(n, { atMs: n * 20_000 })),
    undefined,
  )
})

for (const [what, other] of [
  ["has room left", () => ({ usageBytes: 31 * MEBIBYTE })],
  ["reads files larger than its memory", () => ({ fileBytes: 20 * MEBIBYTE })],
  ["waits for a disk now and then", (n: number) => ({ majorFaults: n * 90 })],
  ["computes", (n: number) => ({ userTime: 3 + n * 5 })],
  ["sleeps", () => ({ majorFaults: 0, userTime: 3, systemTime: 10 })],
] as const satisfies readonly (readonly [string, (n: number) => Partial<MemoryReading>])[]) {
  test(`a box at its limit that ${what} has not stalled`, () => {
    assert.equal(
      looksUntilStalled((n) => second(n, other(n))),
      undefined,
    )
  })
}
