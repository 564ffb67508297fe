import assert from "node:assert/strict"
import { test } from "node:test"
import { isAccepted, type JobEnd } from "./is-accepted.ts"

const FAILED: JobEnd = { state: "failed", failure: { reason: "NONZERO_EXIT" }, exit: { code: 3 } }

test("a failed job counts where its exit code was asked for", () => {
  assert.ok(isAccepted(FAILED, [1, 3]))
  assert.ok(!isAccepted(FAILED, [1]))
  assert.ok(!isAccepted(FAILED, []))
  assert.ok(!isAccepted(FAILED))
})

test("a log that says more of why changes nothing", () => {
  for (const reason of ["DISK_FULL", "OUT_OF_MEMORY", "COMMAND_NOT_FOUND", "NETWORK_DENIED"] as const)
    assert.ok(isAccepted({ ...FAILED, failure: { reason } }, [3]), reason)
})

test("a gear that did not end by itself never counts", () => {
  const ends: readonly Partial<JobEnd>[] = [
    { state: "complete" },
    { state: "cancelled" },
    { state: "running" },
    { failure: { reason: "TIME_LIMIT" } },
    { failure: { reason: "OUTPUT_MISSING" } },
    { exit: { code: 3, signal: "SIGKILL" } },
    { exit: { code: 3, outOfMemory: true } },
  ]
  for (const end of ends) assert.ok(!isAccepted({ ...FAILED, ...end }, [3]), JSON.stringify(end))
  const { exit: _exit, ...without } = FAILED
  assert.ok(!isAccepted(without, [3]))
})
