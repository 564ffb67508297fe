import { JOB_STATES, type JobState } from "@geartrain/spec"
import type { Queries } from "../../database/database.ts"
import type { BatchTargetRow } from "../../database/tables/batch-tables.ts"

export const TARGET_OUTCOMES = ["will-run", "already-done", "ambiguous", "no-match", "no-permission"] as const

/** What has become of every target of a batch. */
export interface BatchAccounts {
  readonly targets: number
  readonly outcomes: Readonly<Record<BatchTargetRow["outcome"], number>>
  /** Of those that will run: no job was submitted yet. */
  readonly notSubmitted: number
  /** Of those that will run: no job could be submitted. */
  readonly refused: number
  /** Of those that will run: have a job, and its state. Jobs that were replaced by another try are not counted. */
  readonly jobs: Readonly<Record<JobState, number>>
}

/** Targets that are alike in what counts. */
export interface TargetCount {
  readonly outcome: BatchTargetRow["outcome"]
  readonly refused: boolean
  /** Absent: there is no job. */
  readonly state?: JobState | undefined
  readonly count: number
}

/**
 * Adds targets up.
 *
 * @throws {TypeError} when they do not add up: each target is counted once, and so is each job; anything else is a bug, and no number is shown.
 */
export function addUp(targets: number, counts: readonly TargetCount[]): BatchAccounts {
  const sum = (test: (count: TargetCount) => boolean): number =>
    counts.filter(test).reduce((total, { count }) => total + count, 0)
  const willRun = (count: TargetCount): boolean => count.outcome === "will-run"
  const accounts: BatchAccounts = {
    targets,
    outcomes: Object.fromEntries(
      TARGET_OUTCOMES.map((outcome) => [outcome, sum((count) => count.outcome === outcome)]),
    ) as BatchAccounts["outcomes"],
    notSubmitted: sum((count) => willRun(count) && count.state === undefined && !count.refused),
    refused: sum((count) => willRun(count) && count.state === undefined && count.refused),
    jobs: Object.fromEntries(
      JOB_STATES.map((state) => [state, sum((count) => willRun(count) && count.state === state)]),
    ) as BatchAccounts["jobs"],
  }
  const outcomes = Object.values(accounts.outcomes).reduce((total, count) => total + count, 0)
  const jobs = Object.values(accounts.jobs).reduce((total, count) => total + count, 0)
  if (outcomes !== targets || jobs + accounts.notSubmitted + accounts.refused !== accounts.outcomes["will-run"]) {
    throw new TypeError(`The accounts of a batch do not add up: ${JSON.stringify(accounts)}`)
  }
  return accounts
}

/** Reads the accounts of a batch, all numbers as of one moment. */
export async function readAccounts(queries: Queries, batch: string): Promise<BatchAccounts> {
  const rows = await queries
    .selectFrom("batch_targets")
    .leftJoin("jobs", "jobs.id", "batch_targets.job")
    .where("batch_targets.batch", "=", batch)
    .groupBy(["batch_targets.outcome", "batch_targets.refused_code", "jobs.state"])
    .select(({ fn }) => [
      "batch_targets.outcome",
      "batch_targets.refused_code",
      "jobs.state",
      fn.countAll<number>().as("count"),
    ])
    .execute()
  const counts = rows.map(
    (row): TargetCount => ({
      outcome: row.outcome,
      refused: row.refused_code !== null,
      state: row.outcome === "will-run" ? (row.state ?? undefined) : undefined,
      count: Number(row.count),
    }),
  )
  return addUp(
    counts.reduce((total, { count }) => total + count, 0),
    counts,
  )
}

/** Whether anything is still to be done, by anybody. */
export function isOpen({ notSubmitted, jobs }: BatchAccounts): boolean {
  return notSubmitted + jobs.pending + jobs.running > 0
}

/** How a batch ended: `complete` means that every job that was to run is. */
export function endedState(
  accounts: BatchAccounts,
  cancelled: boolean,
): "complete" | "partly failed" | "failed" | "cancelled" {
  const { jobs, outcomes } = accounts
  if (jobs.complete === outcomes["will-run"]) return "complete"
  if (cancelled) return "cancelled"
  return jobs.complete === 0 ? "failed" : "partly failed"
}
