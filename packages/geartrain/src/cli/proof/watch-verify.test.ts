import assert from "node:assert/strict"
import { test } from "node:test"
import { GeartrainError } from "@geartrain/spec"
import { contextOf, HOSTILE, hasControls } from "../../../test/cli/told.ts"
import { job, jobId } from "../../../test/stores/records/sample-records.ts"
import type { Verified } from "../../engine/again/verify-job.ts"
import { watchVerify } from "./watch-verify.ts"

const VERIFIED = { job: job(2), verification: { verdict: "identical" } } as unknown as Verified
const { gear } = job(1)
const RECORD = job(1, { gear: { ...gear, name: HOSTILE } })

test("what is verified is told once it is under way, in one line without controls, and not to programs", async () => {
  for (const [options, isTold] of [
    [{}, true],
    [{ quiet: true }, false],
    [{ json: true }, false],
  ] as const) {
    const { context, out, err } = contextOf(options)
    const result = await watchVerify(context, RECORD, async ({ onEvent }) => {
      await onEvent?.({ type: "created", id: jobId(2) })
      await onEvent?.({ type: "phase", phase: "preparing" })
      await onEvent?.({ type: "phase", phase: "executing" })
      return VERIFIED
    })
    assert.equal(result, VERIFIED)
    assert.equal(out(), "")
    assert.equal(err().includes("verifies"), isTold, err())
    assert.ok(!hasControls(err()), err())
  }
})

test("what the gear writes again is shown on demand alone", async () => {
  for (const verbose of [false, true]) {
    const { context, out, err } = contextOf({ verbose })
    await watchVerify(context, RECORD, async ({ onEvent }) => {
      await onEvent?.({ type: "output", stream: "stdout", bytes: Buffer.from("hello\n") })
      return VERIFIED
    })
    assert.deepEqual([out(), err().includes("hello")], ["", verbose])
  }
})

test("a re-run that was interrupted says nothing about the job; any other failure is its own", async () => {
  const { context } = contextOf()
  const before = process.listenerCount("SIGTERM")
  const failing = (error: Error, interrupt: boolean) =>
    watchVerify(context, RECORD, async ({ signal, force }) => {
      if (interrupt) process.emit("SIGTERM", "SIGTERM")
      assert.deepEqual([signal?.aborted, force?.aborted], [interrupt, false])
      throw error
    })
  const undecided = new GeartrainError("JOB_NOT_REPLAYABLE", "it was cancelled")
  await assert.rejects(failing(undecided, true), { code: "INTERRUPTED", details: { exitCode: 143 } })
  await assert.rejects(failing(undecided, false), undecided)
  const other = new GeartrainError("BLOB_NOT_FOUND", "gone")
  await assert.rejects(failing(other, true), other)
  assert.equal(process.listenerCount("SIGTERM"), before)
})
