import { GeartrainError, isGeartrainError } from "@geartrain/spec"
import type { JobRow } from "../../database/tables/job-tables.ts"
import type { Caller, Right } from "../../people/caller.ts"
import type { QueuePorts } from "../queue-ports.ts"

/**
 * A job, on whose project the caller has a right.
 *
 * @throws {GeartrainError} JOB_NOT_FOUND, in the same words whether it is not there or not to be known; NOT_PERMITTED.
 */
export async function needJob(
  ports: QueuePorts,
  caller: Caller,
  request: { readonly id: string; readonly right: Right; readonly action: string },
): Promise<JobRow> {
  const { id, right, action } = request
  const row = await ports.database.read.selectFrom("jobs").selectAll().where("id", "=", id).executeTakeFirst()
  if (row === undefined) throw jobNotFound(id)
  await ports.access.need(caller, { right, project: row.project, action, target: id }).catch((error: unknown) => {
    throw isGeartrainError(error, "PROJECT_NOT_FOUND") ? jobNotFound(id) : error
  })
  return row
}

export function jobNotFound(id: string): GeartrainError {
  return new GeartrainError(
    "JOB_NOT_FOUND",
    `Cannot find job "${id.slice(0, 100).toWellFormed()}": there is none that you can see`,
    { hint: "See what there is with: gear jobs" },
  )
}
