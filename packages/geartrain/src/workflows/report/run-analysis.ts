import { type FailureGroup, groupFailures, REASONS, type Reason } from "@geartrain/spec"
import { sha256 } from "../../system/hash.ts"
import type { AccountedJob, RunAccount } from "./run-account.ts"
import { countsOf, type OutcomeCounts } from "./run-statistics.ts"

/** A job of a run that failed in its last try, or before it could begin. */
export interface RunFailure {
  readonly key: string
  readonly step: string
  readonly gear: string
  readonly attempts: number
  /** The record's id; absent where it never got one. */
  readonly job?: string
  readonly reason: string
  readonly culprit: string
  readonly message: string
  readonly evidence?: string
  readonly exitCode?: number
  readonly signal?: string
  /** Jobs that were not run because of it, or because of it and others. */
  readonly lost: number
  /** What to type to look further. */
  readonly commands: readonly string[]
}

export interface RunAnalysis {
  readonly state: string
  readonly why?: string
  readonly jobs: OutcomeCounts
  /** In the order of the plan. */
  readonly failures: readonly RunFailure[]
  /** By reason and what their messages have in common, the largest first. */
  readonly groups: readonly FailureGroup<RunFailure>[]
  /** What is waited for, where the run said so. */
  readonly waiting: readonly string[]
}

/** Why a run is not complete: each failure with its culprit and evidence, and what those that are alike have in common. */
export function analyzeRun(account: RunAccount): RunAnalysis {
  const { jobs, view } = account
  const lost = lostBy(account)
  const failures = jobs
    .filter(({ state }) => state === "failed")
    .map((job) => failureOf(job, { lost: lost.get(job.planned.key) ?? 0, server: account.header.server?.url }))
  return {
    state: view.state,
    ...(view.why === undefined ? {} : { why: view.why }),
    jobs: countsOf(jobs),
    failures,
    groups: groupFailures(failures, sha256),
    waiting: view.waiting,
  }
}

function failureOf(
  job: AccountedJob,
  { lost, server }: { readonly lost: number; readonly server: string | undefined },
): RunFailure {
  const { planned, gear, tries } = job
  const last = tries.at(-1)
  const record = last?.record ?? job.record
  const failure = record?.failure
  const reason = failure?.reason ?? "UNKNOWN"
  return {
    key: planned.key,
    step: planned.step,
    gear,
    attempts: tries.length,
    ...(record === undefined ? {} : { job: record.id }),
    reason,
    culprit: failure?.culprit ?? "unknown",
    message: failure?.message ?? job.why ?? last?.why ?? "it says nothing",
    ...(failure?.evidence === undefined ? {} : { evidence: failure.evidence }),
    ...(record?.exit === undefined ? {} : { exitCode: record.exit.code }),
    ...(record?.exit?.signal === undefined ? {} : { signal: record.exit.signal }),
    lost,
    commands:
      record === undefined
        ? []
        : server === undefined
          ? commandsFor(record.id, failure?.next)
          : serverCommands(record.id, server),
  }
}

/** What a runner's record advises is for its own machine. */
function serverCommands(id: string, url: string): readonly string[] {
  return [`gear logs --server=${url} ${id}`, `gear download job:${id} --server=${url}`]
}

function commandsFor(id: string, next: string | undefined): readonly string[] {
  const short = id.slice(0, 12)
  const usual = ["logs", "debug", "replay"].map((verb) => `gear ${verb} ${short}`)
  // What the record advises may be one of these, with the whole id.
  const isMore = next?.startsWith("gear ") === true && !usual.includes(next.replace(id, short))
  return isMore ? [next, ...usual] : usual
}

/** How many jobs were lost behind each that failed: in one pass, with each counted for the first of those that it hangs on. */
function lostBy({ jobs, view }: RunAccount): ReadonlyMap<string, number> {
  const blamed = new Map<string, string>()
  const counts = new Map<string, number>()
  for (const { planned, state } of jobs) {
    if (state === "failed") blamed.set(planned.key, planned.key)
    if (state !== "lost") continue
    const opened = (planned.afterOpen ?? []).flatMap((step) => view.opened.get(step)?.keys ?? [])
    const failed = [...planned.after, ...opened].map((key) => blamed.get(key)).find((key) => key !== undefined)
    if (failed === undefined) continue
    blamed.set(planned.key, failed)
    counts.set(failed, (counts.get(failed) ?? 0) + 1)
  }
  return counts
}

/** What a reason means, as a sentence's end. */
export function reasonSays(reason: string): string {
  return Object.hasOwn(REASONS, reason) ? REASONS[reason as Reason].says : "there is no record of it"
}
