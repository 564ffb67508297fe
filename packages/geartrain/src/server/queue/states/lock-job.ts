import type { Write } from "../../database/database.ts"
import type { JobRow } from "../../database/tables/job-tables.ts"
import type { QueuePorts } from "../queue-ports.ts"

/** Reads a job that nobody else changes until the end of the transaction. SQLite has one writer anyway. */
export function lockJob(ports: Pick<QueuePorts, "database">, write: Write, id: string): Promise<JobRow | undefined> {
  const select = write.sql.selectFrom("jobs").selectAll().where("id", "=", id)
  return (ports.database.kind === "postgres" ? select.forUpdate() : select).executeTakeFirst()
}
