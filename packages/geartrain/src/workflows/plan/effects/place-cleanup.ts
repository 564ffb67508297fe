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
  const placed: PlannedCleanup[] = []
  for (const { key, action, policy: own, expected } of jobs) {
    const after = readers.get(key)
    const isMade = action === "run" || action === "await"
    if (!isMade || after === undefined || kept.has(key) || own.keep === true) continue
    const bytes = expected?.outputBytes
    placed.push({ job: key, after: policy === "leaf" ? [] : after, ...(bytes === undefined ? {} : { bytes }) })
  }
  return placed
}

function readersOf(jobs: readonly PlannedJob[]): ReadonlyMap<string, readonly string[]> {
  const readers = new Map<string, string[]>()
  for (const { key, inputs, after, action } of jobs) {
    if (action === "skip") continue
    for (const maker of makersOf(inputs, after)) {
      const known = readers.get(maker)
      if (known === undefined) readers.set(maker, [key])
      else known.push(key)
    }
  }
  return readers
}

/** Whom a job reads of: known files are of one of those that it comes after, and which of them nobody says. */
function makersOf(inputs: PlannedJob["inputs"], after: readonly string[]): Iterable<string> {
  const makers = new Set<string>()
  for (const { parts } of Object.values(inputs)) {
    for (const part of parts ?? []) {
      if ("jobs" in part) for (const key of part.jobs) makers.add(key)
      else if ("digest" in part && part.path === undefined) for (const key of after) makers.add(key)
    }
  }
  return makers
}

function keysOf({ parts }: PlannedInput): readonly string[] {
  return (parts ?? []).flatMap((part) => ("jobs" in part ? part.jobs : []))
}
