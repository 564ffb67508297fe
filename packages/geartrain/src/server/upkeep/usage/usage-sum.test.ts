import assert from "node:assert/strict"
import { test } from "node:test"
import { addAttempt, type EndedAttempt, NO_USAGE } from "./usage-sum.ts"

const USAGE = { wallMs: 1000, cpuMs: 500, peakMemoryBytes: 10, method: "cgroup" } as const

function sum(...attempts: readonly EndedAttempt[]) {
  return attempts.reduce(addAttempt, NO_USAGE)
}

test("what was asked for is counted over the time of the run: beside what it took, it tells what was in vain", () => {
  assert.deepEqual(sum({ elapsedMs: 9999, usage: USAGE, asked: { cpus: 4, memoryBytes: 100 } }), {
    ...{ attempts: 1, wallMs: 1000, cpuMs: 500, askedCpuMs: 4000 },
    ...{ askedMemoryByteMs: 100_000, peakMemoryByteMs: 10_000, unmeasured: 0 },
  })
})

test("who asks for no processors has one; those of the order count before those of the limits", () => {
  const asked = (limits: EndedAttempt["asked"]) => sum({ elapsedMs: 0, usage: USAGE, asked: limits }).askedCpuMs
  assert.equal(asked({}), 1000)
  assert.equal(asked({ cpuCores: 2 }), 2000)
  assert.equal(asked({ cpus: 3, cpuCores: 2 }), 3000)
})

test("memory is weighed only where an amount was asked for and could be measured: halves would lie", () => {
  const { peakMemoryBytes: _, ...unmeasured } = USAGE
  for (const attempt of [
    { elapsedMs: 0, usage: USAGE, asked: {} },
    { elapsedMs: 0, usage: unmeasured, asked: { memoryBytes: 100 } },
  ]) {
    const { askedMemoryByteMs, peakMemoryByteMs } = sum(attempt)
    assert.deepEqual([askedMemoryByteMs, peakMemoryByteMs], [0, 0])
  }
})

test("an attempt that nobody measured counts by the time that the server saw, and is told", () => {
  const total = sum({ elapsedMs: 50, usage: undefined, asked: { cpus: 2 } }, { elapsedMs: 0, usage: USAGE, asked: {} })
  assert.deepEqual(
    [total.attempts, total.wallMs, total.askedCpuMs, total.cpuMs, total.unmeasured],
    [2, 1050, 1100, 500, 1],
  )
})
