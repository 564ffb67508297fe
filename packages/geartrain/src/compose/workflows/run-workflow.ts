import type { JobHistory } from "@geartrain/ports"
import { GeartrainError, type JobId } from "@geartrain/spec"
import { readSize } from "@geartrain/spec/additions"
import type { RunEvent, RunId, WorkflowPlan } from "@geartrain/spec/workflow"
import { tryOutputFolder } from "../../engine/life/try-output-folder.ts"
import { hostFacts, ownIdentity } from "../../system/host.ts"
import { randomHex } from "../../system/random.ts"
import type { PreparedPlan } from "../../workflows/plan/open/expand-open.ts"
import { firstGpuStep, gpuWords } from "../../workflows/read/gpu-steps.ts"
import { MACHINE_CLOCK } from "../../workflows/run/clock/run-clock.ts"
import { runPlan } from "../../workflows/run/coordinator.ts"
import { foldRun, type RunHeader, type RunView } from "../../workflows/run/fold-run.ts"
import type { Capacity } from "../../workflows/run/room/slots.ts"
import { createRun, findRun, hasBegun, readRun, type StoredRun } from "../../workflows/run/run-folder.ts"
import { openJournal } from "../../workflows/run/run-journal.ts"
import type { ExpandOpen, RunOutcome, RunSettings } from "../../workflows/run/run-means.ts"
import { clearRequest, watchRequests } from "../../workflows/run/run-request.ts"
import type { WorkflowJobs } from "../../workflows/workflow-jobs.ts"

/** How somebody wants a plan to be run. */
export interface RunWish {
  readonly keepGoing?: boolean
  /** Absolute. */
  readonly out?: string
  readonly limits?: RunHeader["limits"]
  readonly server?: RunHeader["server"]
}

/** What is told to whoever watches. */
export interface RunWatch {
  readonly signal: AbortSignal
  readonly force: AbortSignal
  readonly onEvent: (event: RunEvent) => void
  /** Something that is no event of the run, and that its user should know: a sentence. */
  readonly onProblem?: (says: string) => void
}

export interface WorkflowMeans {
  readonly jobs: WorkflowJobs
  /** For why the jobs of steps run that were open. */
  readonly history: Pick<JobHistory, "newest" | "figures">
  /** Of this machine: the folder of all. */
  readonly home: string
  /** Done before a run goes on: whose process is gone has ended. */
  readonly reconcile?: () => Promise<void>
}

export type EndedRun = RunOutcome & { readonly id: RunId; readonly view: RunView }

/** Where runs are kept. */
export function runsFolder(home: string): string {
  return `${home}/runs`
}

/**
 * Begins a run of a plan.
 *
 * @throws {GeartrainError} OUTPUT_FOLDER_UNUSABLE; CAPABILITY_MISSING where a step asks for what this machine does not give to gears.
 */
export async function beginRun(plan: WorkflowPlan, wish: RunWish, home: string): Promise<StoredRun> {
  const { out, limits, keepGoing, server } = wish
  if (server === undefined) refuseGpu(plan)
  if (out !== undefined) await tryOutputFolder(out)
  return await createRun(runsFolder(home), plan, {
    ...{ id: randomHex(12), name: plan.workflow.name, created: MACHINE_CLOCK.now() },
    ...(out === undefined ? {} : { out }),
    ...(limits === undefined ? {} : { limits }),
    ...(keepGoing === true ? { keepGoing: true as const } : {}),
    ...(server === undefined ? {} : { server }),
  })
}

function refuseGpu(plan: WorkflowPlan): void {
  const [step, count] = firstGpuStep(plan) ?? []
  if (step === undefined || count === undefined) return
  throw new GeartrainError(
    "CAPABILITY_MISSING",
    `Cannot run the plan here: step "${step}" asks for ${gpuWords(count)}, which no provider offers here`,
    { details: { step, gpu: count }, hint: "Remove resources.gpu of the step if its gear does without" },
  )
}

/**
 * Runs a run to its end, or goes on where it was: after a kill, a failure or a pause.
 *
 * @throws {GeartrainError} WORKFLOW_RUN_BUSY when another process has it.
 */
export async function carryOutRun(stored: StoredRun, means: WorkflowMeans, watch: RunWatch): Promise<EndedRun> {
  const { folder } = stored
  const journal = await openJournal(folder)
  try {
    // Of one that somebody else may have run meanwhile, what happened is read when nobody can write to it any more.
    const { header, plan, events } =
      stored.events.length === 0 && !(await hasBegun(folder)) ? stored : await readRun(folder)
    const told: RunEvent[] = [...events]
    await clearRequest(folder)
    if (events.length > 0) await means.reconcile?.()
    const { pid, host } = ownIdentity()
    const settings: RunSettings = {
      capacity: header.server === undefined ? ownCapacity(plan, header.limits) : queueCapacity(plan, header.limits),
      ...(header.keepGoing === true ? { keepGoing: true } : {}),
      ...(header.out === undefined && header.server?.to === undefined ? {} : { needsOutputs: true }),
      ...(await reuseOf(plan, means)),
      by: { pid, host },
      ...(header.server === undefined ? {} : { logCommand: `gear logs --server=${header.server.url}` }),
      force: watch.force,
      onEvent: (event) => {
        told.push(event)
        watch.onEvent(event)
      },
    }
    // That it goes on is the first that is written down; so what failed before is tried again.
    const again: readonly RunEvent[] =
      events.length === 0 ? [] : [{ at: MACHINE_CLOCK.now(), event: "run", state: "running" }]
    const run = runPlan(
      { plan, view: foldRun(plan, [...events, ...again]) },
      {
        jobs: means.jobs,
        journal,
        clock: MACHINE_CLOCK,
        newId: () => randomHex(12),
        expandOpen: expandBy(means.history),
      },
      settings,
    )
    const cancel = (): void => run.cancel("it was interrupted")
    watch.signal.addEventListener("abort", cancel, { once: true })
    if (watch.signal.aborted) cancel()
    const stopLooking = watchRequests(folder, MACHINE_CLOCK, {
      onRequest: (request) => run[request]("somebody asked"),
      onProblem: (error) => watch.onProblem?.(error instanceof Error ? error.message : String(error)),
    })
    try {
      const outcome = await run.ended
      return { ...outcome, id: header.id, view: foldRun(plan, told) }
    } finally {
      stopLooking()
      watch.signal.removeEventListener("abort", cancel)
    }
  } finally {
    await journal.close()
  }
}

/** Few workflows have open steps, and the others load nothing for it. */
function expandBy(history: WorkflowMeans["history"]): ExpandOpen {
  let preparing: Promise<PreparedPlan> | undefined
  return async (step, plan, done) => {
    const { expandOpen, preparePlan } = await import("../../workflows/plan/open/expand-open.ts")
    preparing ??= preparePlan(plan, done.jobs)
    return await expandOpen(step, plan, { ...done, history, prepared: await preparing })
  }
}

function ownCapacity(plan: WorkflowPlan, wished: RunHeader["limits"] = {}): Capacity {
  const { limits = {} } = plan.documents[""] ?? {}
  const host = hostFacts()
  const jobs = wished.jobs ?? limits.jobs ?? host.cpus
  const memory = limits.memory === undefined ? undefined : readSize(limits.memory)
  return {
    jobs,
    // Whoever asks for more jobs than there are processors wants them side by side.
    cpus: wished.cpus ?? limits.cpus ?? Math.max(host.cpus, jobs),
    memoryBytes: wished.memoryBytes ?? memory ?? host.memoryBytes,
    categories: limits.categories ?? {},
  }
}

/** So many jobs are in a server's queue at one time: enough for its runners, and others have their turn. */
const QUEUED_JOBS = 200

/** What runs when is the server's to decide: by what the jobs ask for, and what its runners have. */
function queueCapacity(plan: WorkflowPlan, wished: RunHeader["limits"] = {}): Capacity {
  const { limits = {} } = plan.documents[""] ?? {}
  return {
    jobs: wished.jobs ?? limits.jobs ?? QUEUED_JOBS,
    cpus: Number.POSITIVE_INFINITY,
    memoryBytes: Number.POSITIVE_INFINITY,
    categories: limits.categories ?? {},
  }
}

/** Where only what an earlier run stands on may be reused: its jobs. */
async function reuseOf(plan: WorkflowPlan, { home }: WorkflowMeans): Promise<Pick<RunSettings, "mayStand">> {
  const { reuse } = plan.options
  if (typeof reuse === "string") return {}
  const ids = new Set<JobId>(plan.jobs.flatMap(({ reuses }) => (reuses === undefined ? [] : [reuses])))
  if (/^[0-9a-f]{4,24}$/.test(reuse.from)) {
    const { events } = await readRun(await findRun(runsFolder(home), reuse.from))
    for (const event of events) if (event.event === "job" && event.job !== undefined) ids.add(event.job)
  }
  return { mayStand: (id) => ids.has(id) }
}
