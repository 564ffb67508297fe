import type { JobRecord } from "@geartrain/spec"
import { type AccountedJob, type RunAccount, tookMs } from "./run-account.ts"

/** How many came to which end. What was skipped is in none of them but `total`. */
export interface OutcomeCounts {
  readonly total: number
  /** `reused` ones included. */
  readonly succeeded: number
  readonly reused: number
  readonly failed: number
  /** Not begun, running, cancelled, or lost to another's failure. */
  readonly incomplete: number
  readonly skipped: number
  /** Tries after the first. */
  readonly retries: number
}

/** The least, the most and the mean of what was measured, and how often it was. */
export interface Spread {
  readonly count: number
  readonly min: number
  readonly max: number
  readonly mean: number
  readonly total: number
}

export interface StepStatistics {
  readonly step: string
  readonly gear: string
  readonly jobs: OutcomeCounts
  /** Of tries that completed; absent where there are none that were measured. */
  readonly runtimeMs?: Spread
  readonly cpuMs?: Spread
  readonly peakMemoryBytes?: Spread
  /** The most that was granted to one of its tries. */
  readonly grantedMemoryBytes?: number
  readonly grantedCpuCores?: number
}

export interface RunStatistics {
  /** A step succeeded when all of its jobs did. */
  readonly steps: OutcomeCounts
  readonly jobs: OutcomeCounts
  /** From the first start to the last event; absent before it began, and while it runs. */
  readonly wallMs?: number
  /** Of all tries together, as the run saw them. */
  readonly cumulativeMs: number
  /** Of the gears themselves, as their records have it. */
  readonly cumulativeGearMs: number
  readonly cpuMs: number
  /** Of tries that failed or were cancelled: work for nothing. */
  readonly badputMs: number
  /** What the reused jobs took when they ran. */
  readonly savedMs: number
  readonly readBytes: number
  readonly writtenBytes: number
  readonly freedBytes: number
  readonly perStep: readonly StepStatistics[]
}

/** Counts and adds up a run. */
export function runStatistics({ jobs, view }: RunAccount): RunStatistics {
  const tries = jobs.flatMap((job) => job.tries)
  const usages = tries.flatMap(({ record }) => record?.usage ?? [])
  const bad = tries.filter(({ state }) => state === "failed" || state === "cancelled")
  const reused = jobs.filter(({ state }) => state === "reused")
  const perStep = [...Map.groupBy(jobs, ({ planned }) => planned.step)].map(([step, of]) => stepStatistics(step, of))
  const wallMs = tookMs(view)
  return {
    steps: stepCounts(perStep),
    jobs: countsOf(jobs),
    ...(wallMs === undefined ? {} : { wallMs }),
    cumulativeMs: sum(tries.map((each) => tookMs(each) ?? 0)),
    cumulativeGearMs: sum(usages.map((usage) => usage.wallMs)),
    cpuMs: sum(usages.map((usage) => usage.cpuMs ?? 0)),
    badputMs: sum(bad.map((each) => tookMs(each) ?? 0)),
    savedMs: sum(reused.map(({ record }) => record?.usage?.wallMs ?? 0)),
    readBytes: sum(usages.map((usage) => usage.readBytes ?? 0)),
    writtenBytes: sum(usages.map((usage) => usage.writtenBytes ?? 0)),
    freedBytes: sum([...view.freed.values()].map(({ bytes }) => bytes)),
    perStep,
  }
}

/** Jobs by what became of them. */
export function countsOf(jobs: readonly AccountedJob[]): OutcomeCounts {
  const counts = { total: jobs.length, succeeded: 0, reused: 0, failed: 0, incomplete: 0, skipped: 0, retries: 0 }
  for (const { state, tries } of jobs) {
    counts.retries += Math.max(0, tries.length - 1)
    switch (state) {
      case "reused":
        counts.reused += 1
        counts.succeeded += 1
        break
      case "complete":
        counts.succeeded += 1
        break
      case "failed":
      case "skipped":
        counts[state] += 1
        break
      case "running":
      case "waiting":
      case "cancelled":
      case "lost":
        counts.incomplete += 1
        break
    }
  }
  return counts
}

function stepCounts(steps: readonly StepStatistics[]): OutcomeCounts {
  const are = (holds: (jobs: OutcomeCounts) => boolean): number => steps.filter(({ jobs }) => holds(jobs)).length
  return {
    total: steps.length,
    succeeded: are(({ succeeded, skipped, total }) => succeeded > 0 && succeeded + skipped === total),
    reused: are(({ reused, skipped, total }) => reused > 0 && reused + skipped === total),
    failed: are(({ failed }) => failed > 0),
    incomplete: are(({ failed, incomplete }) => failed === 0 && incomplete > 0),
    skipped: are(({ skipped, total }) => skipped === total),
    retries: sum(steps.map(({ jobs }) => jobs.retries)),
  }
}

function stepStatistics(step: string, jobs: readonly AccountedJob[]): StepStatistics {
  const tries = jobs.flatMap((job) => job.tries)
  const usages = tries
    .filter(({ state }) => state === "complete")
    .flatMap(({ record }): readonly NonNullable<JobRecord["usage"]>[] =>
      record?.usage === undefined ? [] : [record.usage],
    )
  const memory = most(tries.map(({ limits }) => limits?.memoryBytes))
  const cores = most(tries.map(({ limits }) => limits?.cpuCores))
  return {
    step,
    gear: jobs[0]?.gear ?? "",
    jobs: countsOf(jobs),
    ...named("runtimeMs", spreadOf(usages.map(({ wallMs }) => wallMs))),
    ...named("cpuMs", spreadOf(usages.map(({ cpuMs }) => cpuMs))),
    ...named("peakMemoryBytes", spreadOf(usages.map(({ peakMemoryBytes }) => peakMemoryBytes))),
    ...named("grantedMemoryBytes", memory),
    ...named("grantedCpuCores", cores),
  }
}

function named<Name extends string, Value>(name: Name, value: Value | undefined): { readonly [Key in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [Key in Name]: Value })
}

/**
 * @example
 *   spreadOf([3, undefined, 1]) // => { count: 2, min: 1, max: 3, mean: 2, total: 4 }
 */
export function spreadOf(measured: readonly (number | undefined)[]): Spread | undefined {
  let [count, total, min, max] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of measured) {
    if (value === undefined) continue
    count += 1
    total += value
    min = Math.min(min, value)
    max = Math.max(max, value)
  }
  return count === 0 ? undefined : { count, min, max, mean: total / count, total }
}

function most(values: readonly (number | undefined)[]): number | undefined {
  return spreadOf(values)?.max
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
