/** Why a pending job does not run yet, by a stable word. */
export const WAITING_REASONS = {
  WAITING_FOR_RUNNER: "no runner that is there has what the job asks for",
  WAITING_FOR_SLOT: "the runners that could take it are busy",
  WAITING_FOR_DRAINED_RUNNER: "the runners that could take it take no new jobs",
  WAITING_FOR_USER_LIMIT: "its user has as many jobs running as allowed",
  WAITING_FOR_PROJECT_LIMIT: "its project has as many jobs running as allowed",
  WAITING_FOR_GROUP_LIMIT: "its group has as many jobs running as allowed",
  WAITING_FOR_TURN: "other jobs come first",
  WAITING_PAUSED: "the queue is paused",
  WAITING_PROJECT_PAUSED: "the jobs of its project are paused",
} as const satisfies Record<string, string>

export type WaitingReason = keyof typeof WAITING_REASONS

/**
 * Says in words why a job waits.
 *
 * @example
 *   explainWaiting("WAITING_FOR_TURN") // => "other jobs come first"
 */
export function explainWaiting(reason: WaitingReason): string {
  return WAITING_REASONS[reason]
}
