import assert from "node:assert/strict"
import { test } from "node:test"
import type { OpenStep, PlannedJob, WorkflowPlan } from "@geartrain/spec/workflow"
import { digestOf, plannedJob, samplePlan } from "../../../test/workflows/sample-plan.ts"
import { foldRun } from "./fold-run.ts"
import { type OpenNode, RunGraph } from "./graph.ts"
import { LaterCleanup } from "./later-cleanup.ts"

const open = (step: string, ...awaits: readonly string[]): OpenStep => ({ step, gear: digestOf(3), awaits })

interface Sketch {
  readonly later: LaterCleanup
  readonly graph: RunGraph
  /** Has a step become these jobs. @returns what may go since, as `a after b c`. */
  readonly become: (step: string, jobs: readonly PlannedJob[], still?: readonly OpenStep[]) => readonly string[]
}

function sketch(jobs: readonly PlannedJob[], steps: readonly OpenStep[], more: Partial<WorkflowPlan> = {}): Sketch {
  const plan = samplePlan(jobs, { open: steps, options: { reuse: "any", cleanup: "inplace" }, ...more })
  const nobody = { onReady: () => {}, onDone: () => {}, onLost: () => {} }
  const graph = new RunGraph(plan, foldRun(plan, []), nobody)
  const later = new LaterCleanup(plan, graph)
  return {
    ...{ later, graph },
    become: (step, became, still = []) => {
      const node: OpenNode = graph.open.get(step) ?? assert.fail(step)
      graph.expand(node, became, still)
      return later.ofOpened(node, still).map(({ job, after }) => `${job} after ${after.join(" ")}`)
    },
  }
}

const ofStep = (key: string, step: string): PlannedJob =>
  plannedJob(key, [], { afterOpen: [step], inputs: { from: { takes: "files", parts: [{ step }] } }, action: "await" })

test("what an open step alone has waited for may go after the jobs that it became", () => {
  const { become } = sketch([plannedJob("a")], [open("each", "a")])
  assert.deepEqual(become("each", [plannedJob("each[0]", ["a"]), plannedJob("each[1]", ["a"])]), [
    "a after each[0] each[1]",
  ])
})

test("what another open step waits for stays until that one is known, too, though it waits for a step and not for its jobs", () => {
  const { become } = sketch([plannedJob("a")], [open("x", "a"), open("y", "a", "x")])
  assert.deepEqual(become("x", [plannedJob("x[0]", ["a"]), plannedJob("x[1]", ["x[0]"])]), [])
  assert.deepEqual(become("y", [plannedJob("y[0]", ["x[0]", "a"])]), ["x[0] after x[1] y[0]", "a after x[0] y[0]"])
})

test("whoever reads all of a step reads its jobs; of a step that is delivered, and of jobs that are, nothing goes", () => {
  const gather = [plannedJob("a"), ofStep("all", "x")]
  assert.deepEqual(sketch(gather, [open("x", "a")]).become("x", [plannedJob("x[0]", ["a"])]), [
    "x[0] after all",
    "a after x[0]",
  ])
  const outputs = { all: { takes: "files" as const, parts: [{ step: "x" }, { jobs: ["a"] }] } }
  assert.deepEqual(sketch(gather, [open("x", "a")], { outputs }).become("x", [plannedJob("x[0]", ["a"])]), [])
})

test("what is still open of a step holds what it waits for, and what is kept or reused does not go", () => {
  const one = sketch([plannedJob("a")], [open("x", "a")])
  assert.deepEqual(one.become("x", [plannedJob("x[0]", ["a"])], [open("x[1]", "a")]), [])
  assert.deepEqual(one.become("x[1]", [plannedJob("x[1][0]", ["a"])]), ["a after x[0] x[1][0]"])
  const kept = [plannedJob("a", [], { policy: { keep: true } }), plannedJob("b", [], { action: "reuse" })]
  assert.deepEqual(sketch(kept, [open("x", "a", "b")]).become("x", [plannedJob("x[0]", ["a", "b"])]), [])
})

test("a run that is taken up places what its steps became as one that was never cut", () => {
  const jobs = [plannedJob("a"), ofStep("all", "x")]
  const { graph, become } = sketch(jobs, [open("x", "a")])
  become("x", [plannedJob("x[0]", ["a"])])
  const again = new LaterCleanup(samplePlan(jobs, { options: { reuse: "any", cleanup: "inplace" } }), graph)
  assert.deepEqual(
    again.ofAll().map(({ job, after }) => `${job} after ${after.join(" ")}`),
    ["a after x[0]", "x[0] after all"],
  )
})

test("a step that becomes jobs has nobody look at all the others", () => {
  const others = Array.from({ length: 50 }, (_, index) => plannedJob(`j${index}`))
  const { graph, become } = sketch([...others, plannedJob("a")], [open("x", "a")])
  for (const name of ["values", "keys", "entries"] as const) graph.jobs[name] = () => assert.fail("all are looked at")
  assert.deepEqual(become("x", [plannedJob("x[0]", ["a"])]), ["a after x[0]"])
})
