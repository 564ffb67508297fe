import assert from "node:assert/strict"
import { test } from "node:test"
import { FakeJobs } from "../../../test/workflows/fake-jobs.ts"
import { ROOMY, runFake } from "../../../test/workflows/run-fake.ts"
import { plannedJob, samplePlan } from "../../../test/workflows/sample-plan.ts"
import { countWords, runCounts } from "./run-counts.ts"

test("where one fails, those that were never begun are told as such, and all together are all", async () => {
  const jobs = new FakeJobs({ end: () => ({ failure: { reason: "NONZERO_EXIT", message: "It failed" } }) })
  const plan = samplePlan([plannedJob("a"), plannedJob("b"), plannedJob("c"), plannedJob("needs", ["a"])])
  const { view } = await runFake(plan, jobs, { capacity: { ...ROOMY, jobs: 1 } })
  const counts = runCounts(view)
  assert.equal(countWords(counts, view.state), "2 not begun, 1 failed, 1 lost")
  assert.equal(
    Object.values(counts).reduce((sum, count) => sum + count, 0),
    plan.jobs.length,
  )
  assert.equal(countWords(counts, "paused"), "2 waiting, 1 failed, 1 lost")
})
