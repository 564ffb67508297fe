import type { Generated } from "kysely"

/** What has happened, in the order in which it became true. */
export interface EventTables {
  events: EventRow
}

export interface EventRow {
  /** Grows with every event; a reader that has seen number n has seen all below it. */
  seq: Generated<number>
  at_ms: number
  /** What happened, such as `file.saved`, `job.changed`. */
  kind: string
  /** The project that one has to be able to read to see it; null for what only a site's admin sees. */
  project: string | null
  /** Id of what it happened to. */
  subject: string
  /** Id of the user who did it; null for the server itself. */
  by_user: string | null
  /** A JSON object. */
  data: string
}
