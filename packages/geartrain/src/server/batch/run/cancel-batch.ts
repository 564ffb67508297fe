import { GeartrainError } from "@geartrain/spec"
import { type Caller, SYSTEM } from "../../people/caller.ts"
import type { BatchPorts } from "../batch-ports.ts"
import { batchOf, needBatch, type ServerBatch, type StoredBatch } from "../server-batch.ts"

/**
 * Cancels a batch: nothing more of it is submitted, and all jobs of it that have not ended are cancelled, in the background. A proposal is
 * put away at once.
 *
 * @throws {GeartrainError} BATCH_NOT_FOUND, NOT_PERMITTED; BATCH_STATE when it has ended.
 */
export async function cancelBatch(ports: BatchPorts, caller: Caller, id: string): Promise<ServerBatch> {
  const batch = await needBatch(ports, caller, { id, right: "run", action: "batch.cancel" })
  const now = ports.now()
  const isProposal = batch.state === "proposed"
  if (batch.state !== "running" && !isProposal) {
    throw new GeartrainError("BATCH_STATE", `Cannot cancel batch "${id}": it is ${batch.state}`)
  }
  const next = {
    cancel_requested_ms: batch.cancel_requested_ms ?? now,
    revision: batch.revision + 1,
    ...(isProposal ? { state: "cancelled" as const, ended_ms: now } : {}),
  }
  await ports.database.write(async (write) => {
    const moved = await write.sql
      .updateTable("batches")
      .set(next)
      .where("id", "=", id)
      .where("state", "=", batch.state)
      .executeTakeFirst()
    if (moved.numUpdatedRows === 0n)
      throw new GeartrainError("BATCH_STATE", `Cannot cancel batch "${id}": it is not ${batch.state} any more`)
    const data = { state: isProposal ? "cancelled" : "running", cancelling: !isProposal }
    await write.event({ kind: "batch.changed", subject: id, project: batch.project, byUser: caller.user, data })
  })
  return batchOf(ports.database.read, { ...batch, ...next })
}

const JOBS_AT_ONCE = 50

/** Cancels the next jobs of a batch that is being cancelled. @returns Whether there may be more. */
export async function cancelJobs(ports: BatchPorts, batch: StoredBatch): Promise<boolean> {
  const jobs = await ports.database.read
    .selectFrom("jobs")
    .select("id")
    .where("batch", "=", batch.id)
    .where("state", "in", ["pending", "running"])
    .where("cancel_requested_ms", "is", null)
    .limit(JOBS_AT_ONCE)
    .execute()
  // Whoever asked for it was allowed to; the server carries it out.
  for (const { id } of jobs) await ports.desk.cancel(SYSTEM, id)
  return jobs.length === JOBS_AT_ONCE
}
