import assert from "node:assert/strict"
import { test } from "node:test"
import type { JobRecord, Reason } from "@geartrain/spec"
import { digestOf, plannedJob } from "../../../../test/workflows/sample-plan.ts"
import { judgeRecord } from "./judge-record.ts"
import { causeOf, grownLimits, isTriedAgain } from "./retry.ts"

const failed = (reason: Reason, exit?: NonNullable<JobRecord["exit"]>): JobRecord =>
  ({
    ...{ state: "failed", failure: { reason, culprit: "gear", message: "It failed", next: "gear logs" } },
    ...(exit === undefined ? {} : { exit }),
  }) as unknown as JobRecord

test("want of memory is what the kernel counted, and not what the gear wrote", () => {
  assert.equal(causeOf(failed("OUT_OF_MEMORY", { code: 137, outOfMemory: true })), "memory")
  assert.equal(causeOf(failed("NONZERO_EXIT", { code: 1, outOfMemory: true })), "memory")
  assert.equal(causeOf(failed("OUT_OF_MEMORY", { code: 1 })), "exit")
  assert.equal(causeOf(failed("KILLED_BY_SIGNAL", { code: 137 })), "exit")
})

test("what else a job failed of is told by its reason; one that was cancelled is not tried again", () => {
  const causes = (
    ["TIME_LIMIT", "OUTPUT_LIMIT", "DISK_FULL", "PROVIDER_FAILED", "ENGINE_LOST", "OUTPUT_MISSING"] as const
  ).map((reason) => causeOf(failed(reason)))
  assert.deepEqual(causes, ["time", "disk", "disk", "machine", "machine", "exit"])
  assert.equal(causeOf({ ...failed("CANCELLED"), state: "cancelled" }), undefined)
  assert.equal(isTriedAgain({ retry: { attempts: 9 } }, undefined, 1), false)
  assert.equal(isTriedAgain({}, "memory", 1), false)
  assert.equal(isTriedAgain({ retry: { attempts: 2 } }, "memory", 1), true)
  assert.equal(isTriedAgain({ retry: { attempts: 2 } }, "memory", 2), false)
  assert.equal(isTriedAgain({ retry: { attempts: 2, on: ["time"] } }, "memory", 1), false)
})

test("what the last try lacked grows, up to what there is, and nothing else", () => {
  const limits = { memoryBytes: 100, timeMs: 1000, outputBytes: 10 }
  const grow = { memory: 2, time: 1.5, disk: 3 }
  const most = { memoryBytes: 150 }
  assert.deepEqual(grownLimits(limits, { cause: "memory", grow }, most), { ...limits, memoryBytes: 150 })
  assert.deepEqual(grownLimits(limits, { cause: "time", grow }, most), { ...limits, timeMs: 1500 })
  assert.deepEqual(grownLimits(limits, { cause: "disk", grow }, most), { ...limits, outputBytes: 30 })
  assert.deepEqual(grownLimits(limits, { cause: "machine", grow }, most), limits)
  assert.deepEqual(grownLimits(limits, { cause: "memory", grow: undefined }, most), limits)
  assert.deepEqual(grownLimits({}, { cause: "memory", grow }, most), {})
})

test("a record counts where its exit code is accepted, and where it read what was ordered", () => {
  const planned = plannedJob("a", [], { acceptExitCodes: [3, 137] })
  const judge = (record: JobRecord, digest?: JobRecord["invocationDigest"]) =>
    judgeRecord(planned, record, { isCancelled: false, ...(digest === undefined ? {} : { digest }) }).state
  assert.equal(judge(failed("NONZERO_EXIT", { code: 3 })), "complete")
  assert.equal(judge(failed("NONZERO_EXIT", { code: 4 })), "failed")
  assert.equal(judge(failed("TIME_LIMIT", { code: 137 })), "failed")
  assert.equal(judge(failed("OUT_OF_MEMORY", { code: 137, outOfMemory: true })), "failed")
  const complete = { state: "complete", invocationDigest: "sha256:1" } as unknown as JobRecord
  assert.equal(judge(complete, complete.invocationDigest), "complete")
  assert.equal(judge(complete, digestOf(2)), "failed")
})
