import assert from "node:assert/strict"
import { getEventListeners } from "node:events"
import { test } from "node:test"
import { FIRST_WAIT_MS, longerWait, pause } from "./pause.ts"

test("waits double until they are five seconds, and stay so", () => {
  const waits = [FIRST_WAIT_MS]
  for (let turn = 0; turn < 7; turn += 1) waits.push(longerWait(waits.at(-1) ?? 0))
  assert.deepEqual(waits, [200, 400, 800, 1600, 3200, 5000, 5000, 5000])
})

test("a pause ends when its time is over, and leaves nothing at the signal", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] })
  const { signal } = new AbortController()
  let isOver = false
  const over = pause(100, signal).then(() => {
    isOver = true
  })
  t.mock.timers.tick(99)
  await Promise.resolve()
  assert.equal(isOver, false)
  t.mock.timers.tick(1)
  await over
  assert.deepEqual(getEventListeners(signal, "abort"), [])
})

test("a pause that is not wanted any more ends at once, with the reason: also when that was known before", async () => {
  const stop = new AbortController()
  const reason = new Error("enough")
  const waiting = pause(1_000_000, stop.signal)
  stop.abort(reason)
  await assert.rejects(waiting, reason)
  await assert.rejects(pause(1_000_000, stop.signal), reason)
})
