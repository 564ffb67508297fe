import assert from "node:assert/strict"
import { test } from "node:test"
import { type Failure, type JobRecord, REASONS, type Reason } from "@geartrain/spec"
import { whyIncomparable, whyUndecided } from "./why-undecided.ts"

type Ended = Pick<JobRecord, "id" | "exit" | "failure">

function ended(code: number | undefined, reason?: Reason): Ended {
  const failure: Failure | undefined =
    reason === undefined ? undefined : { ...REASONS[reason], reason, message: "It was so.", next: "gear doctor" }
  return {
    id: "0123456789abcdef01234567",
    ...(code === undefined ? {} : { exit: { code } }),
    ...(failure === undefined ? {} : { failure }),
  }
}

test("what the machine did to a re-run decides nothing, whatever came out", () => {
  for (const reason of ["DISK_FULL", "PROVIDER_FAILED", "OUTPUT_UNREADABLE", "INPUT_CHANGED"] as const) {
    assert.equal(whyUndecided(ended(0), ended(0, reason), true), "It was so", reason)
    assert.equal(whyUndecided(ended(0), ended(1, reason), false), "It was so", reason)
  }
  assert.equal(whyUndecided(ended(0), ended(undefined), false), "the re-run did not end")
})

test("what a gear answers decides: another exit code, and failures of its own", () => {
  assert.equal(whyUndecided(ended(0), ended(1, "NONZERO_EXIT"), true), undefined)
  assert.equal(whyUndecided(ended(0), ended(0), true), undefined)
  assert.equal(whyUndecided(ended(1, "NONZERO_EXIT"), ended(0), true), undefined)
  assert.equal(whyUndecided(ended(0), ended(0, "OUTPUT_MISSING"), true), undefined)
})

test("a run that a limit ended decides only where the other is the same", () => {
  assert.equal(whyUndecided(ended(137, "OUT_OF_MEMORY"), ended(137, "OUT_OF_MEMORY"), false), undefined)
  assert.match(whyUndecided(ended(0), ended(143, "TIME_LIMIT"), true) ?? "", /^the re-run was ended by a limit \(TIME/)
  assert.match(whyUndecided(ended(137, "OUT_OF_MEMORY"), ended(0), true) ?? "", /^the first run was ended .*OUT_OF_MEM/)
})

test("a job that the machine or the user ended is nothing to compare with", () => {
  assert.equal(whyIncomparable(ended(0)), undefined)
  assert.equal(whyIncomparable(ended(3, "NONZERO_EXIT")), undefined)
  assert.equal(whyIncomparable(ended(137, "OUT_OF_MEMORY")), undefined)
  assert.match(whyIncomparable(ended(143, "CANCELLED")) ?? "", /\(CANCELLED\)/)
  assert.match(whyIncomparable(ended(1, "DISK_FULL")) ?? "", /\(DISK_FULL\)/)
  assert.match(whyIncomparable(ended(undefined)) ?? "", /^it never ran/)
})
