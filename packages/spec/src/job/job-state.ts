/** Where a job is in its life. Changed only by compare-and-set, along `JOB_TRANSITIONS`. */
export type JobState = "pending" | "running" | "complete" | "failed" | "cancelled"

/** What a running job is doing. */
export type JobPhase = "preparing" | "executing" | "collecting"

export const JOB_STATES: readonly JobState[] = ["pending", "running", "complete", "failed", "cancelled"]

/** The states that may follow each state. */
export const JOB_TRANSITIONS: Readonly<Record<JobState, readonly JobState[]>> = {
  pending: ["running", "cancelled"],
  running: ["complete", "failed", "cancelled"],
  complete: [],
  failed: [],
  cancelled: [],
}

/**
 * Tells whether a job has ended, for good.
 *
 * @example
 *   isEnded("running") // => false
 */
export function isEnded(state: JobState): boolean {
  return JOB_TRANSITIONS[state].length === 0
}
