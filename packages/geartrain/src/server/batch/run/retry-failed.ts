import { GeartrainError, groupOf } from "@geartrain/spec"
import { sha256 } from "../../../system/hash.ts"
import type { Caller } from "../../people/caller.ts"
import type { BatchPorts } from "../batch-ports.ts"
import { readFailures } from "../failures/read-failures.ts"
import { batchOf, needBatch, type ServerBatch } from "../server-batch.ts"
import type { TryChanges } from "./submit-jobs.ts"

/**
 * Tries again what failed, and nothing else, also while the rest still runs. What was tried before stays, with its jobs and logs.
 *
 * @param request.group  Only failures of this group.
 * @param request.changes  Config and limits over those of the batch, for these tries.
 * @throws {GeartrainError} BATCH_NOT_FOUND, NOT_PERMITTED; BATCH_STATE for a proposal, or while it is being cancelled; BATCH_INVALID when nothing
 *   of it failed.
 */
export async function retryFailed(
  ports: BatchPorts,
  caller: Caller,
  request: { readonly id: string; readonly group?: string | undefined; readonly changes?: TryChanges | undefined },
): Promise<{ readonly retried: number; readonly batch: ServerBatch }> {
  const { id, group, changes } = request
  const batch = await needBatch(ports, caller, { id, right: "run", action: "batch.retry" })
  const isCancelling = batch.state === "running" && batch.cancel_requested_ms !== null
  if (batch.state === "proposed" || isCancelling) {
    throw new GeartrainError(
      "BATCH_STATE",
      `Cannot retry batch "${id}": it is ${isCancelling ? "being cancelled" : "proposed only"}`,
    )
  }
  // What was cancelled did not fail: it runs when it is asked for by its group.
  const failures = (await readFailures(ports.database.read, id)).filter((failure) =>
    group === undefined ? failure.reason !== "CANCELLED" : groupOf(failure, sha256) === group,
  )
  if (failures.length === 0) {
    throw new GeartrainError(
      "BATCH_INVALID",
      `Cannot retry batch "${id}": nothing of it failed${group === undefined ? "" : " for that reason"}`,
    )
  }
  const next = {
    state: "running" as const,
    ended_ms: null,
    cancel_requested_ms: null,
    owner: caller.user,
    revision: batch.revision + 1,
  }
  const retried = await ports.database.write(async (write) => {
    const moved = await write.sql
      .updateTable("batches")
      .set(next)
      .where("id", "=", id)
      .where("revision", "=", batch.revision)
      .executeTakeFirst()
    if (moved.numUpdatedRows === 0n)
      throw new GeartrainError("BATCH_STATE", `Cannot retry batch "${id}": it changed just now`, { hint: "Try again" })
    let count = 0
    for (const { n, job } of failures) {
      const changed = await write.sql
        .updateTable("batch_targets")
        .set({
          job: null,
          refused_code: null,
          refused_says: null,
          changes: changes === undefined ? null : JSON.stringify(changes),
        })
        .where("batch", "=", id)
        .where("n", "=", n)
        .where("job", job === undefined ? "is" : "=", job ?? null)
        .executeTakeFirst()
      count += Number(changed.numUpdatedRows)
    }
    await write.event({
      kind: "batch.changed",
      subject: id,
      project: batch.project,
      byUser: caller.user,
      data: { state: "running", retried: count },
    })
    return count
  })
  return { retried, batch: await batchOf(ports.database.read, { ...batch, ...next }) }
}
