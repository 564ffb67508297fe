import assert from "node:assert/strict"
import { test } from "node:test"
import { CATALOGUE, type ErrorCode, type JobRecord, REASONS, type Reason } from "@geartrain/spec"
import { exitCodeOfError, exitCodeOfJob } from "./exit-codes.ts"

test("errors of commands that answer have the small codes", () => {
  assert.equal(exitCodeOfError("USAGE", "answer"), 2)
  assert.equal(exitCodeOfError("SETTINGS_INVALID", "answer"), 2)
  assert.equal(exitCodeOfError("GEAR_NOT_FOUND", "answer"), 3)
  assert.equal(exitCodeOfError("JOB_AMBIGUOUS", "answer"), 5)
  assert.equal(exitCodeOfError("PROVIDER_UNAVAILABLE", "answer"), 5)
  assert.equal(exitCodeOfError("IMAGE_NOT_A_GEAR", "answer"), 1)
  assert.equal(exitCodeOfError("INTERRUPTED", "answer"), 130)
})

test("every error of a command that runs a gear is 125, so that it is not taken for the gear's own", () => {
  for (const code of Object.keys(CATALOGUE) as ErrorCode[]) {
    assert.equal(exitCodeOfError(code, "gear"), code === "INTERRUPTED" ? 130 : 125, code)
  }
})

test("every error has a code that the help explains", () => {
  for (const code of Object.keys(CATALOGUE) as ErrorCode[]) {
    assert.ok([1, 2, 3, 4, 5, 130].includes(exitCodeOfError(code, "answer")), code)
  }
})

function jobThat(state: JobRecord["state"], reason?: Reason, code?: number): JobRecord {
  const failure = reason === undefined ? {} : { failure: { reason, ...REASONS[reason], message: "", next: "" } }
  return { state, ...failure, ...(code === undefined ? {} : { exit: { code } }) } as unknown as JobRecord
}

test("the gear's own code comes through", () => {
  assert.equal(exitCodeOfJob(jobThat("complete", undefined, 0)), 0)
  assert.equal(exitCodeOfJob(jobThat("failed", "NONZERO_EXIT", 3)), 3)
  assert.equal(exitCodeOfJob(jobThat("failed", "OUT_OF_MEMORY", 137)), 137)
  assert.equal(exitCodeOfJob(jobThat("failed", "KILLED_BY_SIGNAL", 139)), 139)
})

test("what ended a job from outside has a code of its own", () => {
  assert.equal(exitCodeOfJob(jobThat("failed", "TIME_LIMIT", 143)), 124)
  assert.equal(exitCodeOfJob(jobThat("failed", "COMMAND_NOT_FOUND", 127)), 127)
  assert.equal(exitCodeOfJob(jobThat("failed", "COMMAND_NOT_EXECUTABLE", 126)), 126)
  assert.equal(exitCodeOfJob(jobThat("cancelled", "CANCELLED", 143)), 130)
  assert.equal(exitCodeOfJob(jobThat("failed", "PROVIDER_FAILED")), 125)
  assert.equal(exitCodeOfJob(jobThat("failed", "DISK_FULL", 1)), 125)
})

test("a gear that ended well of a job that failed is no success", () => {
  assert.equal(exitCodeOfJob(jobThat("failed", "OUTPUT_UNREADABLE", 0)), 125)
  assert.equal(exitCodeOfJob(jobThat("failed", "OUTPUT_LIMIT", 0)), 125)
})
