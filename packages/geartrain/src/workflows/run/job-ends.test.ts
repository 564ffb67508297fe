import assert from "node:assert/strict"
import { test } from "node:test"
import type { JobRecord } from "@geartrain/spec"
import type { PlannedJob, RunEvent } from "@geartrain/spec/workflow"
import { job as recordOf } from "../../../test/stores/records/sample-records.ts"
import { idOf, plannedJob, samplePlan } from "../../../test/workflows/sample-plan.ts"
import { foldRun } from "./fold-run.ts"
import { type GraphNode, type JobNode, RunGraph } from "./graph.ts"
import { JobEnds } from "./job-ends.ts"
import { KnownOutputs } from "./known-outputs.ts"
import { Teller } from "./teller.ts"
import { findLeft, reconcile } from "./tries/left-jobs.ts"

const AT = "2026-01-01T00:00:00.000Z"

interface Ending {
  readonly graph: RunGraph
  readonly ends: JobEnds
  readonly log: string[]
  readonly left: ReturnType<typeof findLeft>
  readonly node: (key: string) => JobNode
  readonly by: Parameters<typeof reconcile>[2]
}

/** A run of these jobs as these events left it, whose jobs have these records. */
function ending(
  jobs: readonly PlannedJob[],
  { events = [], records = [], isCancelled = false }: Partial<Given> = {},
): Ending {
  const plan = samplePlan(jobs)
  const view = foldRun(plan, events)
  const log: string[] = []
  const graph = new RunGraph(plan, view, {
    onReady: ({ key }: GraphNode) => log.push(`ready ${key}`),
    onDone: ({ key }: GraphNode) => log.push(`done ${key}`),
    onLost: ({ key }: JobNode) => log.push(`lost ${key}`),
  })
  const get = async (id: string) => records.find((record) => record.id === id)
  const teller = new Teller(
    { clock: { now: () => AT } as never, journal: { append: () => {}, settled: async () => {} } },
    { onEvent: (event) => log.push(wordsOf(event)) },
  )
  const outputs = new KnownOutputs(graph, { get })
  const capacity = { jobs: 1, cpus: 1, memoryBytes: 300, categories: {} }
  const ends = new JobEnds(
    { graph, outputs, teller, capacity },
    {
      onAgain: ({ key, limits }) => log.push(`again ${key} ${JSON.stringify(limits)}`),
      onFailed: ({ key }) => log.push(`failed ${key}`),
    },
  )
  const node = (key: string): JobNode => graph.jobs.get(key) ?? assert.fail(key)
  const by = { jobs: { get }, graph, ends, isCancelled: () => isCancelled }
  return { graph, ends, log, left: findLeft(graph, view), node, by }
}

interface Given {
  readonly events: readonly RunEvent[]
  readonly records: readonly JobRecord[]
  readonly isCancelled: boolean
}

function wordsOf(event: RunEvent): string {
  return event.event === "job"
    ? `told ${event.key} ${event.state}${"why" in event ? `: ${event.why}` : ""}`
    : event.event
}

function told(key: string, state: "running" | "failed" | "cancelled" | "complete", number: number): RunEvent {
  return { at: AT, event: "job", key, state, attempt: 1, job: idOf(number) } as RunEvent
}

function failed(number: number, reason: string, more: Partial<JobRecord> = {}): JobRecord {
  const failure = { reason, culprit: "platform", message: `it has ${reason}` } as unknown as JobRecord["failure"]
  return recordOf(number, { state: "failed", failure, ...more } as Partial<JobRecord>)
}

const RETRIED = { policy: { retry: { attempts: 2, grow: { memory: 2 } } }, limits: { memoryBytes: 200 } } as const

test("a job is complete when its record is: that is told first, and then what waits for it hears of it", () => {
  const { ends, log, node } = ending([plannedJob("a"), plannedJob("b", ["a"])])
  const record = recordOf(1, { state: "complete" })
  ends.judge(node("a"), record, { isCancelled: false })
  assert.deepEqual(log, ["told a complete", "done a", "ready b"])
  assert.deepEqual([node("a").job, node("a").outputs], [record.id, record.outputs])
})

test("a try that failed is made again as often as the step says, with more of what it lacked and no more than there is", () => {
  const { ends, log, node } = ending([plannedJob("a", [], RETRIED)])
  const record = failed(1, "NONZERO_EXIT", { exit: { code: 137, outOfMemory: true } } as Partial<JobRecord>)
  node("a").tries = 1
  ends.judge(node("a"), record, { isCancelled: false })
  assert.deepEqual(log.splice(0), ["told a failed: it has NONZERO_EXIT", 'again a {"memoryBytes":300}'])
  node("a").tries = 2
  ends.judge(node("a"), record, { isCancelled: false })
  assert.deepEqual(log, ["told a failed: it has NONZERO_EXIT", "failed a"])
  assert.equal(node("a").state, "failed")
})

test("what failed for good takes along what needs it, and one that was skipped or reused does not", () => {
  const { ends, log, node } = ending([plannedJob("a"), plannedJob("b", ["a"]), plannedJob("c"), plannedJob("d", ["c"])])
  ends.giveUp(node("a"), "no room")
  assert.deepEqual(log.splice(0), ["told a failed: no room", "lost b", "failed a"])
  ends.reuse(node("c"), idOf(7))
  assert.deepEqual([log.splice(0), node("c").job], [["told c reused", "done c", "ready d"], idOf(7)])
  ends.skip(node("d"))
  assert.deepEqual(log, ["told d skipped", "done d"])
})

test("a job that was ended is cancelled where somebody wanted that, and else has failed", () => {
  const { ends, log, node } = ending([plannedJob("a"), plannedJob("b")])
  const record = recordOf(1, { state: "cancelled" })
  ends.judge(node("a"), record, { isCancelled: true })
  assert.deepEqual([log.splice(0), node("a").state], [["told a cancelled"], "cancelled"])
  ends.judge(node("b"), record, { isCancelled: false })
  assert.deepEqual(log, ["told b failed: it ended as cancelled", "failed b"])
})

test("jobs are put where their events left them, and those that may have ended unseen are found", () => {
  const events = [told("a", "running", 1), told("a", "complete", 1), told("b", "running", 2), told("c", "failed", 3)]
  const { left, log, node } = ending(
    [plannedJob("a"), plannedJob("b"), plannedJob("c"), plannedJob("d", ["a"]), plannedJob("e", ["b"])],
    { events },
  )
  assert.deepEqual(
    left.map(([{ key }, state]) => `${key} ${state}`),
    ["b running", "c failed"],
  )
  assert.deepEqual(log, ["done a", "ready d"])
  assert.deepEqual([node("b").job, node("b").since, node("b").tries], [idOf(2), AT, 1])
  assert.deepEqual([node("e").state, node("e").waitsFor], ["waiting", 1])
})

test("what is done does not begin because what it read of is found to be done", () => {
  const events = [told("a", "complete", 1), told("b", "complete", 2)]
  const { left, log } = ending([plannedJob("a"), plannedJob("b", ["a"])], { events })
  assert.deepEqual(left, [])
  assert.deepEqual(log, ["done a", "done b"])
})

/** What becomes of a job that was left so, by its record. */
async function reconciled(
  state: "running" | "failed" | "cancelled",
  record: JobRecord | undefined,
  more: Partial<Given> & { readonly policy?: PlannedJob["policy"] } = {},
): Promise<readonly [log: readonly string[], state: string, tries: number]> {
  const { policy = {}, ...given } = more
  const { left, log, by, node } = ending([plannedJob("a", [], { policy })], {
    ...{ events: [told("a", state, 1)], records: record === undefined ? [] : [record] },
    ...given,
  })
  const [first] = left
  assert.ok(first !== undefined)
  log.splice(0)
  await reconcile(first[0], first[1], by)
  return [log, node("a").state, node("a").tries]
}

const ID = { id: idOf(1) }

test("a job that ended unseen is judged by its record", async () => {
  const complete = { ...recordOf(1, { state: "complete" }), ...ID }
  assert.deepEqual((await reconciled("running", complete))[0], ["told a complete", "done a"])
  assert.deepEqual((await reconciled("cancelled", complete))[0], ["told a complete", "done a"])
  const bad = { ...failed(1, "NONZERO_EXIT"), ...ID }
  assert.deepEqual((await reconciled("running", bad))[0], ["told a failed: it has NONZERO_EXIT", "failed a"])
})

test("a job whose end nobody saw is begun once more, and that was no try; it is cancelled where somebody wants that", async () => {
  for (const record of [undefined, { ...failed(1, "ENGINE_LOST"), ...ID }]) {
    const [log, state, tries] = await reconciled("running", record)
    assert.deepEqual([log, state, tries], [["ready a"], "settling", 0])
    const [ended, cancelled] = await reconciled("running", record, { isCancelled: true })
    assert.deepEqual([ended, cancelled], [["told a cancelled"], "cancelled"])
  }
})

test("a failure that was told is not told again: the job is tried again where that is left, and else what needs it is lost", async () => {
  const lost = { ...failed(1, "PROVIDER_FAILED"), ...ID }
  const [log, state] = await reconciled("failed", lost, { policy: { retry: { attempts: 2 } } })
  assert.deepEqual([log, state], [["ready a"], "settling"])
  const [over, gone] = await reconciled("failed", lost)
  assert.deepEqual([over, gone], [["failed a"], "failed"])
  assert.deepEqual((await reconciled("failed", undefined, { policy: { retry: { attempts: 2 } } }))[0], ["failed a"])
})
