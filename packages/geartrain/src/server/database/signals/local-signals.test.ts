import assert from "node:assert/strict"
import { test } from "node:test"
import { localSignals } from "./local-signals.ts"
import { EVERYTHING } from "./signals.ts"

/** Longer than a test may take: what is never woken fails. */
const LONG = { timeoutMs: 3_600_000 }

test("who waits for one of several topics is woken by any of them, and by no other", async () => {
  const signals = localSignals()
  let woken = false
  const waiting = signals.wait(["a", "b"], LONG).then(() => {
    woken = true
  })
  signals.emit("c")
  await Promise.resolve()
  assert.equal(woken, false)
  signals.emit("b")
  await waiting
})

test("nobody is woken by what happened before", async () => {
  const signals = localSignals()
  signals.emit("a")
  let woken = false
  const stop = signals.on("a", () => {
    woken = true
  })
  assert.equal(woken, false)
  signals.emit("a")
  assert.ok(woken)
  stop()
})

test("everything wakes all", async () => {
  const signals = localSignals()
  const all = Promise.all([signals.wait(["a"], LONG), signals.wait(["b"], LONG)])
  signals.emit(EVERYTHING)
  await all
})

test("waiting ends with its time, and at once where it was given up before", async () => {
  const signals = localSignals()
  await signals.wait(["a"], { timeoutMs: 1 })
  await signals.wait(["a"], { ...LONG, signal: AbortSignal.abort() })
  const controller = new AbortController()
  const waiting = signals.wait(["a"], { ...LONG, signal: controller.signal })
  controller.abort()
  await waiting
})

test("a listener that has ended hears nothing, also when another ends it", () => {
  const signals = localSignals()
  const heard: string[] = []
  const stops = [
    signals.on("a", () => {
      heard.push("first")
      stops[0]?.()
    }),
    signals.on("a", () => {
      heard.push("second")
    }),
  ]
  signals.emit("a")
  signals.emit("a")
  assert.deepEqual(heard, ["first", "second", "second"])
  stops[1]?.()
  // A second time is one time.
  stops[1]?.()
  signals.on("a", () => heard.push("third"))
  stops[1]?.()
  signals.emit("a")
  assert.deepEqual(heard.slice(3), ["third"])
})
