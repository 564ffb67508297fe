import assert from "node:assert/strict"
import { test } from "node:test"
import { keepTicking } from "./upkeep-ticks.ts"

test("each thing is done at once and again, in its own time, until it is not wanted any more", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] })
  const stop = new AbortController()
  const done: string[] = []
  const tick = (name: string, everyMs: number) => ({ name, everyMs, run: async () => done.push(name) })
  const kept = keepTicking([tick("often", 10), tick("rarely", 25)], {
    signal: stop.signal,
    report: () => assert.fail(),
  })
  for (let turn = 0; turn < 5; turn += 1) {
    await settle()
    t.mock.timers.tick(10)
  }
  await settle()
  assert.deepEqual(
    [done.filter((name) => name === "often").length, done.filter((name) => name === "rarely").length],
    [6, 2],
  )
  stop.abort()
  await kept
})

test("one run ends before the next of the same begins, however long it takes", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] })
  const stop = new AbortController()
  const open: (() => void)[] = []
  const run = () => new Promise<void>((resolve) => open.push(resolve))
  const kept = keepTicking([{ name: "slow", everyMs: 10, run }], { signal: stop.signal, report: () => assert.fail() })
  await settle()
  t.mock.timers.tick(1000)
  await settle()
  assert.equal(open.length, 1)
  open[0]?.()
  await settle()
  t.mock.timers.tick(10)
  await settle()
  assert.equal(open.length, 2)
  stop.abort()
  open[1]?.()
  await kept
})

test("what fails is told by its name, is done again, and keeps nothing else from being done", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] })
  const stop = new AbortController()
  const told: unknown[] = []
  const failure = new Error("the database is away")
  let others = 0
  const ticks = [
    { name: "broken", everyMs: 10, run: () => Promise.reject(failure) },
    { name: "whole", everyMs: 10, run: async () => (others += 1) },
  ]
  const kept = keepTicking(ticks, { signal: stop.signal, report: (name, error) => told.push([name, error]) })
  await settle()
  t.mock.timers.tick(10)
  await settle()
  assert.deepEqual(told, [
    ["broken", failure],
    ["broken", failure],
  ])
  assert.equal(others, 2)
  stop.abort()
  await kept
})

test("where it is not wanted from the beginning, nothing is done", async () => {
  await keepTicking([{ name: "a", everyMs: 1, run: () => assert.fail() }], {
    signal: AbortSignal.abort(),
    report: () => assert.fail(),
  })
})

/** Lets everything happen that waits for nothing but its turn. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}
