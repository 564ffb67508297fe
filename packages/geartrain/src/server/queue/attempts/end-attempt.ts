import type { Culprit, Reason } from "@geartrain/spec"
import type { Updateable } from "kysely"
import type { Write } from "../../database/database.ts"
import type { AttemptRow, JobRow } from "../../database/tables/job-tables.ts"
import type { QueuePorts } from "../queue-ports.ts"
import { moveJob } from "../states/move-job.ts"

/** Why an attempt came to nothing that the job could end with. */
export interface LostAttempt {
  readonly state: "lost" | "released" | "failed"
  readonly reason: Reason
  readonly culprit: Culprit
  readonly message: string
}

/**
 * Ends the present attempt of a running job that did not come to its end by itself. The job is cancelled if that was asked for; is tried again,
 * if it was not tried too often; or has failed.
 *
 * @returns The job as it is now; undefined when somebody else was first.
 */
export async function loseAttempt(
  ports: QueuePorts,
  write: Write,
  lost: LostAttempt & {
    readonly job: JobRow
    readonly attemptChange?: Updateable<AttemptRow>
    readonly isFree?: boolean
  },
): Promise<JobRow | undefined> {
  const { job, state, reason, culprit, message, isFree } = lost
  const atMs = ports.now()
  const { attempt } = job
  const left = { lease_until_ms: null, phase: null, runner: null }
  const move = { from: "running", attempt, atMs } as const
  const ended = { ...left, ended_ms: atMs }
  let now: JobRow | undefined
  if (job.cancel_requested_ms !== null) {
    now = await moveJob(write, job.id, {
      ...move,
      to: "cancelled",
      change: { ...ended, reason: "CANCELLED", culprit: "user", message: null },
    })
  } else if (attempt >= job.most_attempts && isFree !== true) {
    now = await moveJob(write, job.id, { ...move, to: "failed", change: { ...ended, reason, culprit, message } })
  } else {
    const most_attempts = job.most_attempts + (isFree === true ? 1 : 0)
    const change = { ...left, reason, culprit, message, attempt: attempt + 1, most_attempts, queued_ms: job.queued_ms }
    now = await moveJob(write, job.id, { ...move, to: "pending", change })
  }
  if (now === undefined) return undefined
  await write.sql
    .updateTable("attempts")
    .set({ state, reason, culprit, message, ended_ms: atMs, ...lost.attemptChange })
    .where("job", "=", job.id)
    .where("attempt", "=", attempt)
    .execute()
  await ports.jobTokens.end(write, { job: job.id, attempt })
  write.wake(`log:${job.id}`)
  return now
}
