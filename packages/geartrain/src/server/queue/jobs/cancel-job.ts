import { GeartrainError, isEnded } from "@geartrain/spec"
import { sql } from "kysely"
import type { Write } from "../../database/database.ts"
import type { JobRow } from "../../database/tables/job-tables.ts"
import type { Caller } from "../../people/caller.ts"
import type { QueuePorts } from "../queue-ports.ts"
import { lockJob } from "../states/lock-job.ts"
import { moveJob } from "../states/move-job.ts"
import { jobNotFound, needJob } from "./need-job.ts"

/**
 * Cancels a job. A pending one is cancelled when this resolves. A running one is told to its runner, and is cancelled when that has ended it, or
 * when its lease is over; whatever it puts out until then is not saved. Cancelling again changes nothing.
 *
 * @throws {GeartrainError} JOB_NOT_FOUND, NOT_PERMITTED; JOB_ENDED when there is nothing to cancel.
 */
export async function cancelJob(ports: QueuePorts, caller: Caller, id: string): Promise<JobRow> {
  await needJob(ports, caller, { id, right: "run", action: "job.cancel" })
  return ports.database.write((write) => cancelIn(ports, write, { id, byUser: caller.user }))
}

/** The same in a transaction, for who has seen to it that it is allowed. */
export async function cancelIn(
  ports: QueuePorts,
  write: Write,
  asked: { readonly id: string; readonly byUser: string },
): Promise<JobRow> {
  const { id, byUser } = asked
  const row = await lockJob(ports, write, id)
  if (row === undefined) throw jobNotFound(id)
  if (row.state === "cancelled" || (row.state === "running" && row.cancel_requested_ms !== null)) return row
  if (isEnded(row.state)) throw new GeartrainError("JOB_ENDED", `Cannot cancel job "${id}": it is ${row.state}`)
  const atMs = ports.now()
  if (row.state === "pending") {
    const why = { reason: "CANCELLED", culprit: "user", message: null, cancel_requested_ms: atMs, ended_ms: atMs }
    const moved = await moveJob(write, id, {
      from: "pending",
      to: "cancelled",
      attempt: row.attempt,
      change: why,
      atMs,
      byUser,
    })
    if (moved !== undefined) return moved
  }
  // Its runner asks with its next heartbeat or piece of log; one that waits for this topic, at once.
  write.wake(`job:${id}`)
  return write.sql
    .updateTable("jobs")
    .set({ cancel_requested_ms: atMs, revision: sql`revision + 1` })
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirstOrThrow()
}
