import type { Queries } from "../../database/database.ts"
import type { AuditEntry } from "./audit.ts"

export interface AuditQuery {
  /** Of this project only. Absent: of all, and of the site itself. */
  readonly project?: string | undefined
  readonly user?: string | undefined
  /** Entries older than this one. */
  readonly before?: number | undefined
  readonly limit: number
}

export interface NumberedEntry extends AuditEntry {
  readonly seq: number
}

/** The newest entries first. */
export async function listAudit(queries: Queries, query: AuditQuery): Promise<readonly NumberedEntry[]> {
  let select = queries.selectFrom("audit").selectAll()
  if (query.project !== undefined) select = select.where("project", "=", query.project)
  if (query.user !== undefined) select = select.where("user_id", "=", query.user)
  if (query.before !== undefined) select = select.where("seq", "<", query.before)
  const rows = await select.orderBy("seq", "desc").limit(query.limit).execute()
  return rows.map((row) => ({
    seq: row.seq,
    atMs: row.at_ms,
    user: row.user_id ?? undefined,
    action: row.action,
    target: row.target ?? undefined,
    project: row.project ?? undefined,
    outcome: row.outcome,
    reason: row.reason ?? undefined,
    method: row.method as AuditEntry["method"],
    shown: row.shown_id ?? undefined,
    job: row.job ?? undefined,
    address: row.address ?? undefined,
  }))
}
