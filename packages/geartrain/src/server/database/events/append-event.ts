import { sql } from "kysely"
import { nowMs } from "../../../system/clock.ts"
import type { Queries } from "../database.ts"
import type { NewEvent } from "./server-event.ts"

/** Any number will do that nothing else takes a lock on. */
const EVENTS_LOCK = 7_041_001

/**
 * Appends an event in the transaction that makes it true.
 *
 * Readers remember the last number they saw, so numbers have to become visible in their order: on PostgreSQL, whose sequences are given out
 * before a commit, whoever appends holds a lock until its transaction ends. SQLite has one writer anyway.
 */
export async function appendEvent(queries: Queries, kind: "sqlite" | "postgres", event: NewEvent): Promise<void> {
  if (kind === "postgres") await sql`select pg_advisory_xact_lock(${sql.lit(EVENTS_LOCK)})`.execute(queries)
  await queries
    .insertInto("events")
    .values({
      at_ms: nowMs(),
      kind: event.kind,
      project: event.project ?? null,
      subject: event.subject,
      by_user: event.byUser ?? null,
      data: JSON.stringify(event.data ?? {}),
    })
    .execute()
}
