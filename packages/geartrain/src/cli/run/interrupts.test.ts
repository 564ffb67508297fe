import assert from "node:assert/strict"
import { test } from "node:test"
import { GeartrainError, isGeartrainError } from "@geartrain/spec"
import { watchInterrupts } from "./interrupts.ts"

test("the first signal cancels, the second forces, and the exit code is that of the first", () => {
  const told: string[] = []
  const interrupts = watchInterrupts((name) => told.push(name))
  try {
    assert.equal(interrupts.exitCode(), undefined)
    process.emit("SIGTERM", "SIGTERM")
    assert.deepEqual([interrupts.signal.aborted, interrupts.force.aborted], [true, false])
    process.emit("SIGINT", "SIGINT")
    assert.equal(interrupts.force.aborted, true)
    assert.equal(interrupts.exitCode(), 143)
    assert.deepEqual(told, ["SIGTERM"])
  } finally {
    interrupts.end()
  }
})

test("what a signal made fail is told as an interruption, and nothing else is", () => {
  const interrupts = watchInterrupts(() => undefined)
  try {
    const aborted = new DOMException("aborted", "AbortError")
    assert.equal(interrupts.explain(aborted), aborted)
    process.emit("SIGHUP", "SIGHUP")
    const explained = interrupts.explain(aborted)
    assert.ok(isGeartrainError(explained, "INTERRUPTED"))
    assert.equal(explained.details["exitCode"], 129)
    const other = new GeartrainError("INPUT_CHANGED", "Cannot read: it changed")
    assert.equal(interrupts.explain(other), other)
    assert.ok(
      isGeartrainError(interrupts.explain(new GeartrainError("JOB_NOT_REPLAYABLE", "Cannot verify")), "INTERRUPTED"),
    )
  } finally {
    interrupts.end()
  }
})

test("after the end, signals do again what they do without us", () => {
  const before = process.listenerCount("SIGINT")
  watchInterrupts(() => undefined).end()
  assert.equal(process.listenerCount("SIGINT"), before)
})
