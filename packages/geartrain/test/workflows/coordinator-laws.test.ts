import assert from "node:assert/strict"
import { test } from "node:test"
import type { PlannedJob, RunEvent } from "@geartrain/spec/workflow"
import fc from "fast-check"
import { placeCleanup } from "../../src/workflows/plan/effects/place-cleanup.ts"
import { type FakeEnd, FakeJobs } from "./fake-jobs.ts"
import { runFake } from "./run-fake.ts"
import { plannedJob, samplePlan } from "./sample-plan.ts"

/** A graph: of each job, whom it reads of, how often it fails, and what it takes up. */
const GRAPH = fc.array(
  fc.record({
    reads: fc.array(fc.nat(30), { maxLength: 3 }),
    failures: fc.constantFrom(0, 0, 0, 0, 1, 2, 9),
    retries: fc.constantFrom(1, 2, 3),
    cpus: fc.constantFrom(1, 1, 2, 3),
    category: fc.constantFrom(undefined, undefined, "few"),
    isSame: fc.boolean(),
  }),
  { minLength: 1, maxLength: 24 },
)

type Graph = typeof GRAPH extends fc.Arbitrary<infer Value> ? Value : never

const CAPACITY = { jobs: 4, cpus: 4, memoryBytes: 100, categories: { few: 2 } }

function planOf(graph: Graph) {
  const jobs = graph.map(({ reads, retries, cpus, category }, index): PlannedJob => {
    const keys = [...new Set(reads.filter((read) => read < index).map((read) => `j${read}`))]
    return plannedJob(`j${index}`, keys, {
      limits: { cpuCores: cpus },
      policy: { retry: { attempts: retries, on: ["exit"] }, ...(category === undefined ? {} : { category }) },
    })
  })
  const outputs = { last: { takes: "files", parts: [{ jobs: [`j${graph.length - 1}`], output: "out" }] } } as const
  return samplePlan(jobs, {
    ...{ outputs, options: { reuse: "any", cleanup: "inplace" } },
    cleanup: placeCleanup({ jobs, open: [], outputs, policy: "inplace" }),
  })
}

function jobsOf(graph: Graph, watch: { running: string[] }): FakeJobs {
  const failed = new Map<string, number>()
  return new FakeJobs({
    lasts: async (order) => {
      const key = String(order.config["key"])
      watch.running.push(key)
      const used = watch.running.map((one) => graph[Number(one.slice(1))])
      assert.ok(used.length <= CAPACITY.jobs)
      assert.ok(used.reduce((sum, job) => sum + (job?.cpus ?? 0), 0) <= CAPACITY.cpus)
      assert.ok(used.filter((job) => job?.category === "few").length <= CAPACITY.categories.few)
      await new Promise((resolve) => setImmediate(resolve))
      watch.running.splice(watch.running.indexOf(key), 1)
    },
    end: ({ config }): FakeEnd => {
      const key = String(config["key"])
      const job = graph[Number(key.slice(1))]
      const times = failed.get(key) ?? 0
      failed.set(key, times + 1)
      if (times < (job?.failures ?? 0)) return { failure: { reason: "NONZERO_EXIT", message: "It failed" } }
      return { outputs: { out: job?.isSame === true ? "same" : key } }
    },
  })
}

const ENDS = new Set(["complete", "reused", "failed", "lost"])

test("whatever the graph and whatever fails: order, limits and bytes are kept, and every job ends in one state", async () => {
  await fc.assert(
    fc.asyncProperty(GRAPH, async (graph) => {
      const plan = planOf(graph)
      const jobs = jobsOf(graph, { running: [] })
      const { view, events, outcome } = await runFake(plan, jobs, { capacity: CAPACITY, keepGoing: true })
      assert.deepEqual(jobs.missed, [])
      const state = (key: string) => view.jobs.get(key)?.state ?? ""
      for (const { key, after } of plan.jobs) {
        assert.ok(ENDS.has(state(key)), `${key} is ${state(key)}`)
        const isLost = after.some((other) => ["failed", "lost"].includes(state(other)))
        assert.equal(state(key) === "lost", isLost)
        const began = firstOf(events, key, "running")
        for (const other of after) if (began >= 0) assert.ok(lastOf(events, other) < began)
      }
      const isWhole = plan.jobs.every(({ key }) => state(key) === "complete" || state(key) === "reused")
      assert.equal(outcome.state, isWhole ? "complete" : "failed")
    }),
    { numRuns: 150 },
  )
})

test("killed at any event and taken up, a run does nothing twice that was done, and ends as it would have", async () => {
  await fc.assert(
    fc.asyncProperty(GRAPH, fc.nat(100), async (graph, percent) => {
      const sound: Graph = graph.map((job) => ({ ...job, failures: 0 }))
      const plan = planOf(sound)
      const jobs = jobsOf(sound, { running: [] })
      const whole = await runFake(plan, jobs, { capacity: CAPACITY })
      // Records are there: whatever came after that event had been done, and nobody wrote it down.
      const torn = whole.events.slice(0, Math.floor((whole.events.length * percent) / 100))
      const count = jobs.started.length
      const gone = new Set(jobs.freed)
      const again = await runFake(plan, jobs, { capacity: CAPACITY, before: torn })
      assert.equal(again.outcome.state, "complete")
      assert.deepEqual(jobs.missed, [])
      if (gone.size === 0) assert.equal(jobs.started.length, count)
      const digest = (run: typeof whole) => run.outcome.outputs?.["last"]?.map((file) => file.digest)
      assert.deepEqual(digest(again), digest(whole))
    }),
    { numRuns: 150 },
  )
})

function firstOf(events: readonly RunEvent[], key: string, state: string): number {
  return events.findIndex((event) => event.event === "job" && event.key === key && event.state === state)
}

/** The last event of a job before anything has it carried out again. */
function lastOf(events: readonly RunEvent[], key: string): number {
  return events.findIndex(
    (event) => event.event === "job" && event.key === key && (event.state === "complete" || event.state === "reused"),
  )
}
