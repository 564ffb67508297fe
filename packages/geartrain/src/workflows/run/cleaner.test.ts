import assert from "node:assert/strict"
import { test } from "node:test"
import type { OutputFile } from "@geartrain/spec"
import type { CleanupPolicy, PlannedCleanup, PlannedJob, WorkflowPlan } from "@geartrain/spec/workflow"
import { digestOf, idOf, plannedJob, samplePlan } from "../../../test/workflows/sample-plan.ts"
import { Cleaner } from "./cleaner.ts"
import { foldRun } from "./fold-run.ts"
import { type JobNode, RunGraph } from "./graph.ts"
import { KnownOutputs } from "./known-outputs.ts"

interface Sketch {
  readonly jobs: readonly PlannedJob[]
  readonly cleanup: readonly PlannedCleanup[]
  readonly policy?: CleanupPolicy
  readonly outputs?: WorkflowPlan["outputs"]
  /** Digests that are not freed, by their numbers: others use them. */
  readonly stuck?: readonly number[]
}

/** A run that ends jobs by hand, and what it freed: a line for each time, and one for each event. */
function cleaning({ jobs, cleanup, policy = "inplace", outputs = {}, stuck = [] }: Sketch) {
  const plan = samplePlan(jobs, { cleanup, outputs, options: { reuse: "any", cleanup: policy } })
  const view = foldRun(plan, [])
  const graph = new RunGraph(plan, view, {
    onReady: () => {},
    onDone: (node) => cleaner.onDone(node),
    onLost: () => {},
  })
  const known = new KnownOutputs(graph, { get: async () => undefined })
  const freed: string[] = []
  const events: string[] = []
  const short = (digest: string): number => Number.parseInt(digest.slice(-8), 16)
  const kept = new Set(stuck.map(digestOf))
  const cleaner = new Cleaner(
    {
      ...{ plan, view, graph, outputs: known },
      jobs: {
        free: async (ids, digests) => {
          freed.push(`${ids.map((id) => Number.parseInt(id, 16)).join()}: ${digests.map(short).join()}`)
          return { digests: digests.filter((one) => !kept.has(one)), bytes: 0 }
        },
      },
    },
    (event) => {
      assert.equal(event.event, "freed")
      if (event.event === "freed") events.push(`${event.key} ${event.digests.map(short).join()} ${event.bytes}`)
    },
  )
  const node = (key: string): JobNode => graph.jobs.get(key) ?? assert.fail(key)
  const end = async (key: string, gave: readonly number[], state: "complete" | "reused" = "complete") => {
    const one = node(key)
    one.job = idOf(one.order + 1)
    known.note(one, { outputs: gave.map((number) => output(number)) })
    graph.finish(one, state)
    await cleaner.settled()
  }
  return { cleaner, freed, events, end, node }
}

/** An output of as many bytes as its number says. */
function output(number: number): OutputFile {
  return { path: `f${number}`, digest: digestOf(number), sizeBytes: number, output: "out" }
}

const CHAIN = [plannedJob("a"), plannedJob("b", ["a"]), plannedJob("c", ["b"])]
const IN_TURN: readonly PlannedCleanup[] = [
  { job: "a", after: ["b"] },
  { job: "b", after: ["c"] },
]

test("outputs go as soon as all that read them are done, and not earlier", async () => {
  const { end, freed, events } = cleaning({ jobs: CHAIN, cleanup: IN_TURN })
  await end("a", [1, 2])
  assert.deepEqual(freed, [])
  await end("b", [3])
  assert.deepEqual([freed, events], [["1: 1,2"], ["a 1,2 3"]])
  await end("c", [4])
  assert.deepEqual(events, ["a 1,2 3", "b 3 3"])
})

test("with no clean-up nothing goes, and with one at the end nothing goes before it", async () => {
  const none = cleaning({ jobs: CHAIN, cleanup: IN_TURN, policy: "none" })
  const leaf = cleaning({ jobs: CHAIN, cleanup: IN_TURN, policy: "leaf" })
  for (const { end, cleaner, freed } of [none, leaf]) {
    for (const [index, key] of ["a", "b", "c"].entries()) await end(key, [index + 1])
    assert.deepEqual(freed, [])
    cleaner.end()
    await cleaner.settled()
  }
  assert.deepEqual([none.freed, leaf.freed], [[], ["1,2: 1,2"]])
})

test("what was only reused, and what the step wants kept, stays", async () => {
  const jobs = [plannedJob("a"), plannedJob("k", [], { policy: { keep: true } }), plannedJob("z", ["a", "k"])]
  const cleanup = ["a", "k"].map((job) => ({ job, after: ["z"] }))
  const { end, freed } = cleaning({ jobs, cleanup })
  await end("a", [1], "reused")
  await end("k", [2])
  await end("z", [3])
  assert.deepEqual(freed, [])
})

test("bytes that another job gave as well stay until both may go", async () => {
  const jobs = [plannedJob("a"), plannedJob("b"), plannedJob("c", ["a"]), plannedJob("d", ["b"])]
  const cleanup = [
    { job: "a", after: ["c"] },
    { job: "b", after: ["d"] },
  ]
  const { end, events } = cleaning({ jobs, cleanup })
  await end("a", [1, 2])
  await end("b", [2, 3])
  await end("c", [4])
  assert.deepEqual(events, ["a 1 1"])
  await end("d", [5])
  assert.deepEqual(events, ["a 1 1", "b 2,3 5"])
})

test("bytes that a job without clean-up gave as well stay for good", async () => {
  const jobs = [plannedJob("a"), plannedJob("b"), plannedJob("c", ["a"])]
  const { end, events } = cleaning({ jobs, cleanup: [{ job: "a", after: ["c"] }] })
  await end("b", [2])
  await end("a", [1, 2])
  await end("c", [3])
  assert.deepEqual(events, ["a 1 1"])
})

test("what the workflow gives stays, and of a job only as much as it gives", async () => {
  const outputs = { out: { takes: "files" as const, parts: [{ jobs: ["a"], files: "f1" }] } }
  const { end, events } = cleaning({ jobs: CHAIN, cleanup: IN_TURN, outputs })
  await end("a", [1, 2])
  await end("b", [3])
  assert.deepEqual(events, ["a 2 2"])
})

test("bytes that are an input of the plan stay, whoever gave them again", async () => {
  const pinned = { in: { takes: "file" as const, parts: [{ name: "x", digest: digestOf(1), sizeBytes: 1 }] } }
  const jobs = [plannedJob("a"), plannedJob("b", ["a"], { inputs: pinned })]
  const { end, events } = cleaning({ jobs, cleanup: [{ job: "a", after: ["b"] }] })
  await end("a", [1, 2])
  await end("b", [3])
  assert.deepEqual(events, ["a 2 2"])
})

test("what could not be freed is not said to be", async () => {
  const { end, events } = cleaning({ jobs: CHAIN, cleanup: IN_TURN, stuck: [1, 3] })
  await end("a", [1, 2])
  await end("b", [3])
  await end("c", [4])
  assert.deepEqual(events, ["a 2 2"])
})

test("with a bound outputs go only when there are more bytes than that, the oldest first and no more than it takes", async () => {
  const jobs = ["a", "b", "c"].map((key) => plannedJob(key))
  const cleanup = jobs.map(({ key }) => ({ job: key, after: [key] }))
  const { end, events } = cleaning({ jobs, cleanup, policy: { keepBytes: 50 } })
  await end("a", [30])
  await end("b", [20])
  assert.deepEqual(events, [])
  await end("c", [10])
  assert.deepEqual(events, ["a 30 30"])
})

test("a clean-up that goes wrong is told to whoever waits for it", async () => {
  const plan = samplePlan(CHAIN, { cleanup: IN_TURN, options: { reuse: "any", cleanup: "inplace" } })
  const view = foldRun(plan, [])
  const graph = new RunGraph(plan, view, {
    onReady: () => {},
    onDone: (node) => cleaner.onDone(node),
    onLost: () => {},
  })
  const outputs = new KnownOutputs(graph, { get: async () => undefined })
  const free = () => Promise.reject(new RangeError("no disk"))
  const cleaner = new Cleaner({ plan, view, graph, outputs, jobs: { free } }, () => assert.fail("it was freed"))
  for (const [index, key] of ["a", "b"].entries()) {
    const one = graph.jobs.get(key) ?? assert.fail()
    outputs.note(one, { outputs: [output(index + 1)] })
    graph.finish(one, "complete")
  }
  await assert.rejects(cleaner.settled(), /no disk/)
})
