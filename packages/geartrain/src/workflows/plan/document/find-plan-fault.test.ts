import assert from "node:assert/strict"
import { test } from "node:test"
import type { PlannedInput, WorkflowPlan } from "@geartrain/spec/workflow"
import { digestOf, idOf, plannedJob, SAMPLE_GEAR, samplePlan } from "../../../../test/workflows/sample-plan.ts"
import { findPlanFault } from "./find-plan-fault.ts"

const FILE = { name: "a.txt", digest: digestOf(7), sizeBytes: 3 }

function faultOf(plan: object): string | undefined {
  return findPlanFault(plan as Readonly<Record<string, unknown>>)
}

/** The fault of a plan of one job that has something else there. */
function faultOfJob(changes: object): string | undefined {
  return faultOf(samplePlan([{ ...plannedJob("a"), ...changes } as WorkflowPlan["jobs"][number]]))
}

/** The fault of a plan of one job, one of whose inputs has this part. */
function faultOfPart(part: unknown): string | undefined {
  return faultOfJob({ inputs: { from: { takes: "files", parts: [part] } } })
}

test("nothing is wrong with a plan of nothing, nor with one that has all that a plan may have", () => {
  assert.equal(faultOf(samplePlan([])), undefined)
  const whole = samplePlan(
    [
      plannedJob("a", [], {
        ...{ action: "reuse", reuses: idOf(1), invocation: digestOf(2), network: "outbound" },
        inputs: { in: { takes: "file", parts: [{ ...FILE, path: "/data/a.txt", executable: true }] } },
      }),
      plannedJob("b", ["a"], { afterOpen: ["each"] }),
      plannedJob("c", [], {
        inputs: { in: { takes: "files", parts: [{ step: "each", output: "out" }] }, n: { takes: "value", value: 3 } },
      }),
    ],
    {
      open: [
        { step: "each", gear: SAMPLE_GEAR.id, awaits: ["b", "last"] },
        { step: "last", gear: SAMPLE_GEAR.id, awaits: [] },
      ],
      inputs: { in: [FILE] },
      files: { ":x": [] },
      cleanup: [{ job: "a", after: ["b"], bytes: 3 }],
      transfers: [{ kind: "stage-in", name: "x", sources: ["/data/a.txt"], to: "box" }],
      outputs: { all: { takes: "files", parts: [{ jobs: ["a", "b"] }, FILE] } },
    },
  )
  assert.equal(faultOf(whole), undefined)
})

test("each member has to be there, but for files, and be of its kind", () => {
  const plan = samplePlan([])
  for (const name of Object.keys(plan).filter((each) => each !== "format")) {
    for (const value of [undefined, null, 5, "text", [null], { a: null }]) {
      const isRight = (name === "created" || name === "engine") && value === "text"
      const isParameter = name === "parameters" && typeof value === "object" && value !== null && "a" in value
      const fault = faultOf({ ...plan, [name]: value })
      assert.equal(fault === undefined, isRight || isParameter, `${name}: ${JSON.stringify(value)}`)
    }
  }
  assert.equal(faultOf({ ...plan, files: undefined }), undefined)
  assert.equal(faultOf({ ...plan, files: [] }), `its "files" is not what a plan has there`)
})

test("a job has a key of its own, which is told cut where it is long", () => {
  assert.equal(faultOfJob({ key: 3 }), "job 1 in it has no key")
  assert.equal(faultOf(samplePlan([plannedJob("a"), plannedJob("a")])), 'job "a" is in it twice')
  assert.equal(faultOfJob({ key: "k".repeat(500), gear: "" }), `job "${"k".repeat(200)}" has no gear`)
  assert.equal(faultOf(samplePlan([plannedJob("__proto__"), plannedJob("constructor")])), undefined)
})

test("a job comes after what it waits for, so that none waits for itself", () => {
  assert.match(faultOfJob({ after: ["a"] }) ?? "", /comes before "a", for which it waits/)
  assert.match(
    faultOf(samplePlan([plannedJob("b", ["a"]), plannedJob("a")])) ?? "",
    /job "b" comes before "a", for which it waits/,
  )
  assert.match(faultOfJob({ after: "a" }) ?? "", /does not say what it comes after/)
  assert.match(faultOfJob({ afterOpen: [1] }) ?? "", /does not say what it comes after/)
})

test("a file is known by name, digest and a whole number of bytes", () => {
  assert.equal(faultOfPart(FILE), undefined)
  assert.equal(faultOfPart({ ...FILE, sizeBytes: 0 }), undefined)
  const wrong: readonly unknown[] = [
    { ...FILE, name: undefined },
    { ...FILE, digest: "sha256:0" },
    { ...FILE, digest: FILE.digest.toUpperCase() },
    { ...FILE, digest: null },
    { ...FILE, sizeBytes: "3" },
    { ...FILE, sizeBytes: 0.5 },
    { ...FILE, sizeBytes: 2 ** 53 },
    { ...FILE, path: 1 },
    { ...FILE, executable: false },
    null,
    [],
    "a.txt",
  ]
  for (const part of wrong)
    assert.equal(faultOfPart(part), 'job "a" has inputs that cannot be read', JSON.stringify(part))
})

test("what is awaited is of jobs before it or of a step that is open, picked by texts", () => {
  assert.equal(faultOfPart({ jobs: [] }), undefined)
  assert.equal(faultOfPart({ jobs: ["a"] }), 'job "a" reads of "a", which does not come before it')
  assert.equal(faultOfPart({ step: "gone" }), 'job "a" reads of open step "gone", which is not there')
  for (const part of [{ jobs: "a" }, { jobs: [1] }, {}, { step: 1 }, { jobs: [], output: 1 }, { jobs: [], files: [] }])
    assert.equal(faultOfPart(part), 'job "a" has inputs that cannot be read', JSON.stringify(part))
})

test("an input takes what inputs take, and its parts are a list", () => {
  for (const input of [{ takes: "two" }, { takes: ["file"] }, {}, null, { takes: "file", parts: {} }])
    assert.equal(faultOfJob({ inputs: { in: input } }), 'job "a" has inputs that cannot be read')
  assert.equal(faultOfJob({ inputs: { in: { takes: "folder" } } }), undefined)
})

test("an open step waits for jobs and open steps that are there, and is in the plan once", () => {
  const step = { step: "each", gear: SAMPLE_GEAR.id, awaits: ["a"] }
  const open = (...steps: readonly unknown[]) => faultOf(samplePlan([plannedJob("a")], { open: steps as never }))
  assert.equal(open(step), undefined)
  assert.equal(open(step, step), 'open step "each" is in it twice')
  assert.equal(open({ ...step, awaits: ["b"] }), 'open step "each" waits for "b", which is not there')
  for (const wrong of [{ ...step, gear: "g" }, { ...step, awaits: "a" }, { ...step, step: undefined }, null])
    assert.equal(open(wrong), "an open step in it is not what a plan has there")
})

test("clean-up and outputs speak of jobs that are there", () => {
  const plan = (more: Partial<WorkflowPlan>) => faultOf(samplePlan([plannedJob("a")], more))
  assert.equal(plan({ cleanup: [{ job: "a", after: ["b"] }] }), 'its clean-up speaks of "b", which is not there')
  assert.equal(plan({ cleanup: [{ job: "b", after: ["a"] }] }), 'its clean-up speaks of "b", which is not there')
  const output = (part: NonNullable<PlannedInput["parts"]>[number]) =>
    plan({ outputs: { all: { takes: "files", parts: [part] } } })
  assert.equal(output({ jobs: ["a"] }), undefined)
  assert.match(output({ jobs: ["b"] }) ?? "", /an output of the workflow reads of "b"/)
  assert.match(output({ step: "each" }) ?? "", /an output of the workflow reads of open step "each"/)
})
