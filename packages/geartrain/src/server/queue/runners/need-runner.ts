import { GeartrainError } from "@geartrain/spec"
import type { Queries } from "../../database/database.ts"
import type { RunnerRow } from "../../database/tables/queue-tables.ts"
import type { Caller } from "../../people/caller.ts"

/**
 * A runner, if it is the caller's own.
 *
 * @throws {GeartrainError} RUNNER_NOT_FOUND
 */
export async function needRunner(queries: Queries, caller: Caller, id: string): Promise<RunnerRow> {
  const row = await queries.selectFrom("runners").selectAll().where("id", "=", id).executeTakeFirst()
  if (row !== undefined && caller.kind === "runner" && row.principal === caller.user) return row
  throw runnerNotFound(id)
}

export function runnerNotFound(id: string): GeartrainError {
  return new GeartrainError("RUNNER_NOT_FOUND", `Cannot find runner "${id.slice(0, 100).toWellFormed()}"`, {
    hint: "A runner that the server does not know says hello first",
  })
}
