import assert from "node:assert/strict"
import { test } from "node:test"
import type { Workflow } from "@geartrain/spec/workflow"
import { digestOf, plannedJob, samplePlan } from "../../../test/workflows/sample-plan.ts"
import { findGpuSteps, firstGpuStep, gpuNotes } from "./gpu-steps.ts"

const workflow = (parts: Omit<Workflow, "workflow" | "name">): Workflow => ({ workflow: 1, name: "sample", ...parts })
const documentsOf = (all: Readonly<Record<string, Workflow>>) =>
  new Map(Object.entries(all).map(([path, one]) => [path, { workflow: one }]))

const ALL = {
  "": workflow({
    steps: {
      train: { gear: "g", resources: { gpu: 2 } },
      none: { gear: "g", resources: { gpu: 0, cpus: 1 } },
      qc: { workflow: "qc.yaml", resources: { gpu: 1 } },
      own: { workflow: "own.yaml", resources: { gpu: 1 } },
    },
  }),
  qc: workflow({ steps: { view: { gear: "g" }, light: { gear: "g", resources: { cpus: 1 } } } }),
  own: workflow({ defaults: { resources: { cpus: 1 } }, steps: { a: { gear: "g" } } }),
}

test("steps that ask for graphics processors are found, also by what the step around them says", () => {
  assert.deepEqual(
    [...findGpuSteps(documentsOf(ALL))],
    [
      ["train", 2],
      ["qc/view", 1],
    ],
  )
  const byDefault = workflow({ defaults: { resources: { gpu: 1 } }, steps: { a: { gear: "g" } } })
  assert.deepEqual([...findGpuSteps(documentsOf({ "": byDefault }))], [["a", 1]])
  const [first, second] = gpuNotes(documentsOf(ALL))
  assert.match(first ?? "", /^step "train" asks for 2 graphics processors, which no provider offers here/)
  assert.match(second ?? "", /^step "qc\/view" asks for a graphics processor/)
})

test("of a plan, the first that has to run is told, whether its jobs are known or not", () => {
  const train = (action: "run" | "await" | "reuse" | "skip") => plannedJob("train[0]", [], { step: "train", action })
  const of = (more: Parameters<typeof samplePlan>[1], ...jobs: Parameters<typeof samplePlan>[0]) =>
    firstGpuStep(samplePlan(jobs, { documents: ALL, ...more }))
  assert.deepEqual(
    [of({}, train("run")), of({}, train("await"))],
    [
      ["train", 2],
      ["train", 2],
    ],
  )
  assert.deepEqual([of({}, train("reuse")), of({}, train("skip")), of({})], [undefined, undefined, undefined])
  const open = [{ step: "qc[3]/view", gear: digestOf(3), awaits: [] }]
  assert.deepEqual(of({ open }, train("reuse")), ["qc/view", 1])
  assert.equal(firstGpuStep(samplePlan([plannedJob("a")])), undefined)
})
