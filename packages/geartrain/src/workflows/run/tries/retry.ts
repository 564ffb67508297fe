import type { JobRecord, Limits, Reason } from "@geartrain/spec"
import type { Retry, RetryCause, StepPolicy } from "@geartrain/spec/workflow"

/** What the last try lacked; undefined where nobody wants another, as of a job that was cancelled. */
const CAUSES: Readonly<Partial<Record<Reason, RetryCause>>> = {
  TIME_LIMIT: "time",
  OUTPUT_LIMIT: "disk",
  DISK_FULL: "disk",
  OUTPUT_UNREADABLE: "machine",
  PROVIDER_FAILED: "machine",
  ENGINE_LOST: "machine",
  RUNNER_LOST: "machine",
}

/**
 * Tells what a job failed of, by what the kernel and the engine counted, and not by its own words: a gear that writes "out of memory" and ends by
 * itself has failed by its exit code.
 */
export function causeOf(record: JobRecord): RetryCause | undefined {
  const { failure, exit } = record
  if (failure === undefined || record.state !== "failed") return undefined
  if (exit?.outOfMemory === true) return "memory"
  return CAUSES[failure.reason] ?? "exit"
}

/** All but what the gear's own exit code says, which will say the same again. */
const USUAL: readonly RetryCause[] = ["memory", "time", "disk", "machine"]

/** @param tries  Those that were made, the failed one counted. */
export function isTriedAgain(policy: StepPolicy, cause: RetryCause | undefined, tries: number): boolean {
  const { retry } = policy
  if (retry === undefined || cause === undefined || tries >= retry.attempts) return false
  return (retry.on ?? USUAL).includes(cause)
}

/**
 * What the next try is granted: more of what the last one lacked, where the step says by how much.
 *
 * @param most  No try is granted more memory than that.
 */
export function grownLimits(
  limits: Limits,
  lacked: { readonly cause: RetryCause; readonly grow: Retry["grow"] },
  most: { readonly memoryBytes: number },
): Limits {
  const { cause, grow = {} } = lacked
  const { memoryBytes, timeMs, outputBytes } = limits
  if (cause === "memory" && memoryBytes !== undefined && grow.memory !== undefined) {
    const grown = Math.ceil(memoryBytes * grow.memory)
    return { ...limits, memoryBytes: Math.max(memoryBytes, Math.min(grown, most.memoryBytes)) }
  }
  if (cause === "time" && timeMs !== undefined && grow.time !== undefined)
    return { ...limits, timeMs: Math.ceil(timeMs * grow.time) }
  if (cause === "disk" && outputBytes !== undefined && grow.disk !== undefined)
    return { ...limits, outputBytes: Math.ceil(outputBytes * grow.disk) }
  return limits
}
