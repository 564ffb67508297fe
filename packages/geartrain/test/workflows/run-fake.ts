import type { RunEvent, WorkflowPlan } from "@geartrain/spec/workflow"
import { runPlan } from "../../src/workflows/run/coordinator.ts"
import { foldRun, type RunView } from "../../src/workflows/run/fold-run.ts"
import type { RunMeans, RunningRun, RunOutcome, RunSettings } from "../../src/workflows/run/run-means.ts"
import type { FakeJobs } from "./fake-jobs.ts"

export interface FakeRun {
  readonly outcome: RunOutcome
  readonly events: readonly RunEvent[]
  readonly view: RunView
}

export const ROOMY = { jobs: 1000, cpus: 1000, memoryBytes: 2 ** 40, categories: {} }

/** Runs a plan on jobs in memory, with a journal in memory. */
export async function runFake(
  plan: WorkflowPlan,
  jobs: FakeJobs,
  options: Partial<RunSettings> &
    Partial<Pick<RunMeans, "expandOpen" | "clock">> & {
      readonly before?: readonly RunEvent[]
      readonly onRun?: (run: RunningRun) => void
    } = {},
): Promise<FakeRun> {
  const { before = [], onRun, expandOpen, clock, ...settings } = options
  const events: RunEvent[] = [...before]
  let tick = 0
  const means: RunMeans = {
    jobs,
    journal: { append: (event) => void events.push(event), settled: async () => undefined },
    clock: clock ?? { now: () => new Date(++tick).toISOString(), after: () => () => undefined },
    newId: jobs.newId,
    expandOpen: expandOpen ?? (async () => ({ jobs: [], open: [] })),
  }
  const again: RunEvent = { at: new Date(0).toISOString(), event: "run", state: "running" }
  const run = runPlan({ plan, view: foldRun(plan, before.length === 0 ? [] : [...before, again]) }, means, {
    capacity: ROOMY,
    ...settings,
  })
  onRun?.(run)
  const outcome = await run.ended
  return { outcome, events, view: foldRun(plan, events) }
}
