import { type FailureGroup, groupFailures } from "@geartrain/spec"
import { sha256 } from "../../../system/hash.ts"
import type { Queries } from "../../database/database.ts"
import type { Caller } from "../../people/caller.ts"
import type { BatchPorts } from "../batch-ports.ts"
import { needBatch } from "../server-batch.ts"

/** A target whose job failed, or for which none could be submitted. */
export interface BatchFailure {
  readonly n: number
  readonly path: string
  readonly job?: string
  /** The job's reason, or the code of what refused it. */
  readonly reason: string
  readonly message: string
}

/** Why targets of a batch failed, grouped by what their messages have in common. @throws {GeartrainError} BATCH_NOT_FOUND */
export async function listFailures(
  ports: BatchPorts,
  caller: Caller,
  id: string,
): Promise<readonly FailureGroup<BatchFailure>[]> {
  await needBatch(ports, caller, { id, right: "read", action: "batch.read" })
  return groupFailures(await readFailures(ports.database.read, id), sha256)
}

/** Targets whose job failed, or for which none could be submitted, in their order. */
export async function readFailures(queries: Queries, batch: string): Promise<readonly BatchFailure[]> {
  const rows = await queries
    .selectFrom("batch_targets")
    .leftJoin("jobs", "jobs.id", "batch_targets.job")
    .select([
      "batch_targets.n",
      "batch_targets.path",
      "batch_targets.job",
      "batch_targets.refused_code",
      "batch_targets.refused_says",
      "jobs.reason",
      "jobs.message",
    ])
    .where("batch_targets.batch", "=", batch)
    .where("batch_targets.outcome", "=", "will-run")
    .where(({ eb, or }) => or([eb("batch_targets.refused_code", "is not", null), eb("jobs.state", "=", "failed")]))
    .orderBy("batch_targets.n")
    .execute()
  return rows.map((row) => ({
    n: row.n,
    path: row.path,
    ...(row.job === null ? {} : { job: row.job }),
    reason: row.refused_code ?? row.reason ?? "UNKNOWN",
    message: row.refused_says ?? row.message ?? row.reason ?? "It says nothing",
  }))
}
