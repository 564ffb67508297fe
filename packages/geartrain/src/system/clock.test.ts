import assert from "node:assert/strict"
import { test } from "node:test"
import { delay, monotonicMs, nowIso, nowMs } from "./clock.ts"

test("the time of records is UTC with milliseconds, and the same moment", () => {
  const before = nowMs()
  const text = nowIso()
  assert.match(text, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  assert.ok(Date.parse(text) >= before && Date.parse(text) <= nowMs())
})

test("a wait takes its time, and the clock that measures it does not go back", async () => {
  const start = monotonicMs()
  await delay(5)
  // Timers may fire up to a millisecond early.
  assert.ok(monotonicMs() - start >= 4)
})

test("a wait that is cancelled rejects with the reason, before its time", async () => {
  const cancelled = new AbortController()
  const waiting = delay(3_600_000, cancelled.signal)
  const reason = new Error("enough")
  cancelled.abort(reason)
  await assert.rejects(waiting, reason)
  await assert.rejects(delay(3_600_000, cancelled.signal), reason)
})

test("a signal that outlives many waits has no listeners of theirs left", async () => {
  const cancelled = new AbortController()
  let listeners = 0
  const signal = new Proxy(cancelled.signal, {
    get: (target, name) => {
      if (name === "addEventListener") listeners += 1
      if (name === "removeEventListener") listeners -= 1
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === "function" ? (value.bind(target) as unknown) : value
    },
  })
  for (let times = 0; times < 10; times += 1) await delay(0, signal)
  assert.equal(listeners, 0)
})
