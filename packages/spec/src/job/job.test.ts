import assert from "node:assert/strict"
import { test } from "node:test"
import { REASONS } from "./failure.ts"
import type { JobRecord } from "./job-record.ts"
import { isEnded, JOB_STATES, JOB_TRANSITIONS } from "./job-state.ts"
import { namedBlobs } from "./named-blobs.ts"

test("a job goes from pending over running to one of three ends, and nowhere from there", () => {
  assert.deepEqual(JOB_STATES.filter(isEnded), ["complete", "failed", "cancelled"])
  assert.deepEqual(Object.keys(JOB_TRANSITIONS), JOB_STATES)
  const reached = new Set(["pending"])
  for (const state of reached) for (const next of JOB_TRANSITIONS[state as "pending"]) reached.add(next)
  assert.deepEqual([...reached].toSorted(), JOB_STATES.toSorted())
})

test("every reason is a stable word with a sentence", () => {
  for (const [reason, { says }] of Object.entries(REASONS)) {
    assert.match(reason, /^[A-Z]+(?:_[A-Z]+)*$/)
    assert.match(says, /^[a-z].*[^.]$/)
  }
})

test("a record names the blobs that it made and used, each as often as it does", () => {
  const digest = (letter: string) => `sha256:${letter.repeat(64)}` as const
  const record = {
    outputs: [
      { path: "a", digest: digest("a"), sizeBytes: 1 },
      { path: "b", digest: digest("a"), sizeBytes: 1 },
    ],
    log: { digest: digest("c"), sizeBytes: 1, lines: 1, droppedBytes: 0 },
    invocation: {
      inputs: { scan: { base: "file", name: "x", digest: digest("d"), object: {} }, key: { base: "api-key" } },
    },
  } as unknown as JobRecord
  assert.deepEqual(namedBlobs(record), { made: [digest("a"), digest("a"), digest("c")], used: [digest("d")] })
  const { log: _, ...unlogged } = record
  assert.deepEqual(namedBlobs(unlogged).made, [digest("a"), digest("a")])
})
