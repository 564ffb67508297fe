import type { JsonObject } from "@geartrain/spec"
import type { Queries } from "../database.ts"
import type { EventRow } from "../tables/event-tables.ts"
import type { ServerEvent } from "./server-event.ts"

export interface EventQuery {
  /** Events after this number; 0 for all. */
  readonly after: number
  /** At most so many, the oldest first. */
  readonly limit: number
  /** Of these projects only. Absent: of all, and those of none. */
  readonly projects?: readonly string[]
  /** Of these kinds only. */
  readonly kinds?: readonly string[]
  /** About this only. */
  readonly subject?: string
}

/** Events in the order in which they became true. */
export async function readEvents(queries: Queries, query: EventQuery): Promise<readonly ServerEvent[]> {
  if (query.projects?.length === 0) return []
  let select = queries.selectFrom("events").selectAll().where("seq", ">", query.after)
  if (query.projects !== undefined) select = select.where("project", "in", query.projects)
  if (query.kinds !== undefined) select = select.where("kind", "in", query.kinds)
  if (query.subject !== undefined) select = select.where("subject", "=", query.subject)
  const rows = await select.orderBy("seq").limit(query.limit).execute()
  return rows.map(eventOf)
}

/** Number of the newest event; 0 when there is none. */
export async function lastEvent(queries: Queries): Promise<number> {
  const row = await queries
    .selectFrom("events")
    .select(({ fn }) => fn.max("seq").as("seq"))
    .executeTakeFirst()
  return Number(row?.seq ?? 0)
}

function eventOf(row: Omit<EventRow, "seq"> & { readonly seq: number }): ServerEvent {
  return {
    seq: row.seq,
    atMs: row.at_ms,
    kind: row.kind,
    project: row.project ?? undefined,
    subject: row.subject,
    byUser: row.by_user ?? undefined,
    data: JSON.parse(row.data) as JsonObject,
  }
}
