import assert from "node:assert/strict"
import { test } from "node:test"
import type { RunEvent } from "@geartrain/spec/workflow"
import { digestOf, idOf, plannedJob, samplePlan } from "../../../test/workflows/sample-plan.ts"
import { foldRun } from "./fold-run.ts"

const PLAN = samplePlan([plannedJob("a"), plannedJob("b", ["a"])], {
  open: [{ step: "each", gear: digestOf(3), awaits: ["a"] }],
})

let second = 0
const at = (): string => `2026-01-01T00:00:${String(second++ % 60).padStart(2, "0")}.000Z`
const job = (key: string, state: (RunEvent & { event: "job" })["state"], more: object = {}): RunEvent => ({
  ...{ at: at(), event: "job", key, state, attempt: 1 },
  ...more,
})
const run = (state: (RunEvent & { event: "run" })["state"], more: object = {}): RunEvent => ({
  ...{ at: at(), event: "run", state },
  ...more,
})

test("before anything has happened, all jobs wait and open steps are open", () => {
  const view = foldRun(PLAN, [])
  assert.deepEqual(
    [...view.jobs.values()].map(({ state }) => state),
    ["waiting", "waiting"],
  )
  assert.deepEqual([...view.open.keys()], ["each"])
  assert.equal(view.started, undefined)
})

test("a job is what was last told of it, and each try is kept with what it was granted", () => {
  const view = foldRun(PLAN, [
    run("running", { pid: 7, host: "h" }),
    job("a", "running", { job: idOf(1), limits: { memoryBytes: 1 } }),
    job("a", "failed", { why: "it needed more memory" }),
    job("a", "running", { attempt: 2, job: idOf(2), limits: { memoryBytes: 2 } }),
    job("a", "complete", { attempt: 2, job: idOf(2) }),
    job("elsewhere", "complete"),
  ])
  const a = view.jobs.get("a")
  assert.equal(a?.state, "complete")
  assert.equal(a?.job, idOf(2))
  assert.equal(a?.why, undefined)
  assert.deepEqual(
    a?.attempts.map(({ state, limits, why }) => [state, limits?.memoryBytes, why]),
    [
      ["failed", 1, "it needed more memory"],
      ["complete", 2, undefined],
    ],
  )
  assert.equal(a?.tries, 2)
  assert.deepEqual(view.by, { pid: 7, host: "h" })
  assert.equal(view.jobs.has("elsewhere"), false)
})

test("a run that is taken up after it had ended tries again what failed, was cancelled or lost", () => {
  const before = [run("running"), job("a", "running"), job("a", "failed"), job("b", "lost"), run("failed")]
  assert.equal(foldRun(PLAN, before).jobs.get("b")?.state, "lost")
  const view = foldRun(PLAN, [...before, run("running")])
  assert.deepEqual(
    [...view.jobs.values()].map(({ state, tries }) => [state, tries]),
    [
      ["waiting", 0],
      ["waiting", 0],
    ],
  )
  assert.equal(view.ended, undefined)
})

test("one that was killed goes on where it was: what it had tried counts", () => {
  const view = foldRun(PLAN, [run("running"), job("a", "running"), job("a", "failed"), run("running")])
  assert.equal(view.jobs.get("a")?.state, "failed")
  assert.equal(view.jobs.get("a")?.tries, 1)
})

test("an open step becomes jobs, what was freed is known until it is made again, and waiting ends when something happens", () => {
  const opened: RunEvent = {
    at: at(),
    event: "opened",
    step: "each",
    jobs: [plannedJob("each[0]", ["a"]), plannedJob("each[1]", ["a"])],
    open: [{ step: "after", gear: digestOf(4), awaits: ["each[0]"] }],
  }
  const freed: RunEvent = { at: at(), event: "freed", key: "a", digests: [digestOf(9)], bytes: 5 }
  const view = foldRun(PLAN, [opened, freed, { at: at(), event: "waiting", for: ["a"] }])
  assert.deepEqual([...view.jobs.keys()], ["a", "b", "each[0]", "each[1]"])
  assert.deepEqual(view.opened.get("each")?.keys, ["each[0]", "each[1]"])
  assert.deepEqual([...view.open.keys()], ["after"])
  assert.deepEqual(view.freed.get("a")?.bytes, 5)
  assert.deepEqual(view.waiting, ["a"])
  const later = foldRun(PLAN, [opened, freed, { at: at(), event: "waiting", for: ["a"] }, job("a", "running")])
  assert.equal(later.freed.has("a"), false)
  assert.deepEqual(later.waiting, [])
})
