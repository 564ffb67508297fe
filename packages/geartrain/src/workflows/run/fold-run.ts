import type { Digest, JobId, Limits } from "@geartrain/spec"
import type {
  OpenStep,
  PlannedJob,
  RunEvent,
  RunId,
  RunState,
  StepJobState,
  WorkflowPlan,
} from "@geartrain/spec/workflow"

/** What a run knows of itself before anything happens in it: `run.json`. */
export interface RunHeader {
  readonly format: typeof RUN_FORMAT
  readonly id: RunId
  readonly name: string
  /** ISO 8601, UTC. */
  readonly created: string
  /** Of the bytes of `plan.json`. */
  readonly plan: Digest
  /** Absolute path of the folder that the workflow's outputs go to. Absent: they stay in the store. */
  readonly out?: string
  readonly keepGoing?: true
  /** What may run at one time, over what the workflow says. */
  readonly limits?: { readonly jobs?: number; readonly cpus?: number; readonly memoryBytes?: number }
  /** Whose queue carries its jobs out. Absent: this machine does. */
  readonly server?: RunServer
}

/** A server that carries out the jobs of a run, and the project there that they are accounted to. */
export interface RunServer {
  /** Its address, as requests are sent to. */
  readonly url: string
  readonly project: string
  /** Where the workflow's outputs are filed there. Absent: they stay with their jobs. */
  readonly to?: { readonly id: string; readonly path: string }
}

export const RUN_FORMAT = "geartrain-run/1"

/** One try at a job of a run. */
export interface RunAttempt {
  /** From 1. */
  readonly attempt: number
  readonly state: StepJobState
  readonly job?: JobId
  readonly limits?: Limits
  readonly why?: string
  readonly started?: string
  readonly ended?: string
}

/** A job of a run as far as its events tell. */
export interface RunJob {
  readonly planned: PlannedJob
  /** `waiting`: nothing has been told of it. */
  readonly state: StepJobState | "waiting"
  /** The job whose outputs are its: its own, or the one that is reused. */
  readonly job?: JobId
  readonly attempts: readonly RunAttempt[]
  /** Tries since the run was last begun or taken up after it had ended. */
  readonly tries: number
  readonly why?: string
}

/** What an open step has become: keys of its jobs in the order of items, and steps that are open themselves. */
export interface OpenedStep {
  readonly keys: readonly string[]
  readonly open: readonly OpenStep[]
}

/** A run as its plan and events tell it. */
export interface RunView {
  readonly state: RunState
  readonly why?: string
  readonly started?: string
  /** Of the last event that ended it or let it rest; absent while it runs. */
  readonly ended?: string
  /** Who ran it last. */
  readonly by?: { readonly pid?: number; readonly host?: string }
  /** By key: those of the plan in its order, and those that open steps became. */
  readonly jobs: ReadonlyMap<string, RunJob>
  /** Open steps that have not become jobs yet, by path. */
  readonly open: ReadonlyMap<string, OpenStep>
  /** What every step that was open has become. */
  readonly opened: ReadonlyMap<string, OpenedStep>
  readonly freed: ReadonlyMap<string, { readonly digests: readonly Digest[]; readonly bytes: number }>
  /** What was last said to be waited for, where nothing has happened since. */
  readonly waiting: readonly string[]
}

/**
 * Adds up what has happened in a run.
 *
 * Events of jobs that the plan does not have are passed over: a journal is only ever read with its own plan.
 */
export function foldRun(plan: WorkflowPlan, events: Iterable<RunEvent>): RunView {
  const folding: Folding = {
    state: "running",
    jobs: new Map(plan.jobs.map((planned) => [planned.key, freshJob(planned)])),
    open: new Map(plan.open.map((step) => [step.step, step])),
    opened: new Map(),
    freed: new Map(),
    waiting: [],
  }
  for (const event of events) {
    if (event.event !== "waiting") folding.waiting = []
    take(folding, event)
  }
  return folding
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] }

interface MutableJob extends Mutable<Omit<RunJob, "attempts">> {
  readonly attempts: Mutable<RunAttempt>[]
}

interface Folding extends Mutable<Omit<RunView, "jobs" | "open" | "opened" | "freed">> {
  readonly jobs: Map<string, MutableJob>
  readonly open: Map<string, OpenStep>
  readonly opened: Map<string, OpenedStep>
  readonly freed: Map<string, { readonly digests: readonly Digest[]; readonly bytes: number }>
}

function freshJob(planned: PlannedJob): MutableJob {
  return { planned, state: "waiting", attempts: [], tries: 0 }
}

function take(folding: Folding, event: RunEvent): void {
  switch (event.event) {
    case "run":
      takeRun(folding, event)
      return
    case "job":
      takeJob(folding, event)
      return
    case "opened":
      for (const planned of event.jobs) folding.jobs.set(planned.key, freshJob(planned))
      folding.open.delete(event.step)
      for (const step of event.open ?? []) folding.open.set(step.step, step)
      folding.opened.set(event.step, { keys: event.jobs.map(({ key }) => key), open: event.open ?? [] })
      return
    case "freed":
      folding.freed.set(event.key, { digests: event.digests, bytes: event.bytes })
      return
    case "waiting":
      folding.waiting = event.for
      return
  }
}

function takeRun(folding: Folding, event: RunEvent & { readonly event: "run" }): void {
  const isAgain = event.state === "running" && folding.ended !== undefined
  folding.state = event.state
  if (event.why === undefined) delete folding.why
  else folding.why = event.why
  if (event.state !== "running") {
    folding.ended = event.at
    return
  }
  folding.started ??= event.at
  delete folding.ended
  folding.by = {
    ...(event.pid === undefined ? {} : { pid: event.pid }),
    ...(event.host === undefined ? {} : { host: event.host }),
  }
  if (isAgain) for (const job of folding.jobs.values()) renew(job)
}

/** Whoever takes a run up after it has ended wants what failed to be tried again. */
function renew(job: MutableJob): void {
  job.tries = 0
  if (job.state === "failed" || job.state === "cancelled" || job.state === "lost") {
    job.state = "waiting"
    delete job.why
  }
}

function takeJob(folding: Folding, event: RunEvent & { readonly event: "job" }): void {
  const job = folding.jobs.get(event.key)
  if (job === undefined) return
  job.state = event.state
  if (event.why === undefined) delete job.why
  else job.why = event.why
  if (event.job !== undefined) job.job = event.job
  if (event.state === "lost" || event.state === "skipped" || event.state === "reused") {
    // Bytes that were gone may have been made again since.
    if (event.state === "reused") folding.freed.delete(event.key)
    return
  }
  if (event.state === "running") {
    folding.freed.delete(event.key)
    job.tries += 1
    job.attempts.push(attemptOf(event))
    return
  }
  const attempt = job.attempts.at(-1)
  if (attempt === undefined || attempt.attempt !== event.attempt) {
    job.attempts.push({ ...attemptOf(event), ended: event.at })
    return
  }
  attempt.state = event.state
  attempt.ended = event.at
  if (event.why !== undefined) attempt.why = event.why
}

function attemptOf(event: RunEvent & { readonly event: "job" }): RunAttempt {
  return {
    attempt: event.attempt,
    state: event.state,
    ...(event.state === "running" ? { started: event.at } : {}),
    ...(event.job === undefined ? {} : { job: event.job }),
    ...(event.limits === undefined ? {} : { limits: event.limits }),
    ...(event.why === undefined ? {} : { why: event.why }),
  }
}
