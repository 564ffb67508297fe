import { GeartrainError } from "@geartrain/spec"
import type { AttemptName } from "@geartrain/spec/server"
import type { Queries } from "../../database/database.ts"
import type { AttemptRow } from "../../database/tables/job-tables.ts"

/** An attempt as its runner names it: the fencing token of every write. */
export interface HeldAttempt extends AttemptName {
  readonly runner: string
}

/**
 * The attempt of a runner, ended or not.
 *
 * @throws {GeartrainError} ATTEMPT_STALE when the runner never had it.
 */
export async function needAttempt(queries: Queries, held: HeldAttempt): Promise<AttemptRow> {
  const row = await queries
    .selectFrom("attempts")
    .selectAll()
    .where("job", "=", held.job)
    .where("attempt", "=", held.attempt)
    .where("runner", "=", held.runner)
    .executeTakeFirst()
  if (row === undefined) throw attemptStale(held)
  return row
}

export function attemptStale({ job, attempt }: AttemptName): GeartrainError {
  return new GeartrainError("ATTEMPT_STALE", `Attempt ${attempt} of job "${job}" is not this runner's any more`, {
    details: { job, attempt },
    hint: "End it, and send nothing more of it",
  })
}
