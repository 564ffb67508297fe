import type { JobState } from "@geartrain/spec"
import { sql, type Updateable } from "kysely"
import type { Write } from "../../database/database.ts"
import type { JobRow } from "../../database/tables/job-tables.ts"
import { countInLane } from "./lanes.ts"

/** The states that may follow each state. Another attempt makes a job pending again; nothing is ever forgotten by that. */
export const SERVER_TRANSITIONS: Readonly<Record<JobState, readonly JobState[]>> = {
  pending: ["running", "cancelled"],
  running: ["complete", "failed", "cancelled", "pending"],
  complete: ["pending"],
  failed: ["pending"],
  cancelled: ["pending"],
}

export interface Move {
  readonly from: JobState
  readonly to: JobState
  /** The job has to be at this attempt, or nothing is done. */
  readonly attempt: number
  readonly change: Updateable<JobRow>
  readonly atMs: number
  readonly byUser?: string | undefined
}

/**
 * Changes the state of a job, if it and its attempt are still what the caller thinks, and writes down that it did. Every change of a state goes
 * this way, but for the claim's, which chooses and changes in one statement and then calls `tellMove`.
 *
 * @returns The job as it is now; undefined when somebody else was first.
 */
export async function moveJob(write: Write, id: string, move: Move): Promise<JobRow | undefined> {
  const { from, to, attempt, change } = move
  if (!SERVER_TRANSITIONS[from].includes(to)) throw new RangeError(`a ${from} job does not become ${to}`)
  const row = await write.sql
    .updateTable("jobs")
    .set({ ...change, state: to, revision: sql`revision + 1` })
    .where("id", "=", id)
    .where("state", "=", from)
    .where("attempt", "=", attempt)
    .returningAll()
    .executeTakeFirst()
  if (row !== undefined) await tellMove(write, row, move)
  return row
}

/** What goes with every change of a state: the lane's counts, the list of transitions, the event, and waking whoever waits. */
export async function tellMove(write: Write, job: JobRow, move: Pick<Move, "from" | "atMs" | "byUser">): Promise<void> {
  const { from } = move
  const to = job.state
  await countInLane(write, job.lane, {
    pending: Number(to === "pending") - Number(from === "pending"),
    running: Number(to === "running") - Number(from === "running"),
  })
  await noteTransition(write, job, move)
  // A job that ended may have been the one too many of its user or project.
  if (to === "pending" || from === "running") write.wake("queue")
}

/** Writes down that a job is in another state or phase, and tells of it. */
export async function noteTransition(
  write: Write,
  job: JobRow,
  by: { readonly atMs: number; readonly byUser?: string | undefined },
): Promise<void> {
  await write.sql
    .insertInto("job_transitions")
    .values({
      job: job.id,
      n: job.revision,
      at_ms: by.atMs,
      attempt: job.attempt,
      state: job.state,
      phase: job.phase,
      reason: job.reason,
      by_user: by.byUser ?? null,
    })
    .execute()
  await write.event({
    kind: "job.changed",
    subject: job.id,
    project: job.project,
    byUser: by.byUser,
    data: {
      state: job.state,
      attempt: job.attempt,
      gear: job.gear_name,
      ...(job.phase === null ? {} : { phase: job.phase }),
      ...(job.reason === null ? {} : { reason: job.reason }),
      ...(job.batch === null ? {} : { batch: job.batch }),
    },
  })
  write.wake(`job:${job.id}`)
}
