import type { CleanupPolicy, OpenStep, PlannedCleanup, PlannedInput, PlannedJob } from "@geartrain/spec/workflow"

/** What is to be cleaned up of. */
export interface CleanedPlan {
  readonly jobs: readonly PlannedJob[]
  readonly open: readonly OpenStep[]
  readonly outputs: Readonly<Record<string, PlannedInput>>
  readonly policy: CleanupPolicy
}

/**
 * Tells whose outputs can go, and after which jobs: those that the run makes, that others read, and that are not delivered. What nobody reads is a
 * result, whether the workflow names it as an output or not, and stays; so does what its step keeps, and what a step that is still open may read.
 */
export function placeCleanup({ jobs, open, outputs, policy }: CleanedPlan): readonly PlannedCleanup[] {
  if (policy === "none") return []
  const readers = readersOf(jobs)
  const kept = new Set([...Object.values(outputs).flatMap(keysOf), ...open.flatMap(({ awaits }) => awaits)])
  return jobs.flatMap((job) => {
    const after = kept.has(job.key) ? undefined : readers.get(job.key)
    return after === undefined ? [] : (cleanupOf(job, after, policy) ?? [])
  })
}

/** What goes of a job that others read; undefined where the run does not make it, or its step keeps it. */
export function cleanupOf(
  { key, action, policy: own, expected }: PlannedJob,
  readers: readonly string[],
  policy: CleanupPolicy,
): PlannedCleanup | undefined {
  const isMade = action === "run" || action === "await"
  if (!isMade || own.keep === true) return undefined
  const bytes = expected?.outputBytes
  return { job: key, after: policy === "leaf" ? [] : readers, ...(bytes === undefined ? {} : { bytes }) }
}

function readersOf(jobs: readonly PlannedJob[]): ReadonlyMap<string, readonly string[]> {
  const readers = new Map<string, string[]>()
  for (const job of jobs) {
    for (const maker of makersOf(job).jobs) {
      const known = readers.get(maker)
      if (known === undefined) readers.set(maker, [job.key])
      else known.push(job.key)
    }
  }
  return readers
}

/** Whom a job reads of: known files are of one of those that it comes after, and which of them nobody says. */
export function makersOf({ inputs, after, action }: PlannedJob): {
  readonly jobs: Set<string>
  readonly steps: ReadonlySet<string>
} {
  const [jobs, steps] = [new Set<string>(), new Set<string>()]
  for (const { parts = [] } of action === "skip" ? [] : Object.values(inputs)) {
    for (const part of parts) {
      if ("jobs" in part) for (const key of part.jobs) jobs.add(key)
      else if ("step" in part) steps.add(part.step)
      else if (part.path === undefined) for (const key of after) jobs.add(key)
    }
  }
  return { jobs, steps }
}

function keysOf({ parts }: PlannedInput): readonly string[] {
  return (parts ?? []).flatMap((part) => ("jobs" in part ? part.jobs : []))
}
