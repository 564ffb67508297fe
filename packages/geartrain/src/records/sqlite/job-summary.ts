import type { JobQuery, JobSummary } from "@geartrain/ports"
import { isDigest, JOB_STATES, type JobRecord, type JobState } from "@geartrain/spec"
import { recordsDamaged } from "./sqlite-error.ts"

/** The columns of `jobs` that repeat what is in the document. */
export const SUMMARY_COLUMNS = [
  "id",
  "state",
  "gear_name",
  "gear_version",
  "gear_id",
  "tree",
  "created",
  "ended",
  "exit_code",
  "reason",
  "wall_ms",
] as const

/** Those of them that change while a job goes on; the others stay as they were when it was recorded. */
export const CHANGING_COLUMNS = [
  "state",
  "ended",
  "exit_code",
  "reason",
  "wall_ms",
] as const satisfies readonly (typeof SUMMARY_COLUMNS)[number][]

export type SummaryColumn = (typeof SUMMARY_COLUMNS)[number]
export type SummaryRow = Readonly<Record<SummaryColumn, string | number | null>>

/** What the columns of a record's row have to be. */
export function summaryRow(record: JobRecord): SummaryRow {
  return {
    id: record.id,
    state: record.state,
    gear_name: record.gear.name,
    gear_version: record.gear.version,
    gear_id: record.gear.id,
    tree: record.gear.tree,
    created: record.created,
    ended: record.ended ?? null,
    exit_code: record.exit?.code ?? null,
    reason: record.failure?.reason ?? null,
    wall_ms: record.usage?.wallMs ?? null,
  }
}

/** The statement and its parameters for a query: newest first, and no document is read. */
export function summaryQuery(query: JobQuery): {
  readonly sql: string
  readonly parameters: readonly (string | number)[]
} {
  const conditions: string[] = []
  const parameters: (string | number)[] = []
  if (query.states !== undefined) {
    conditions.push(`state IN (${query.states.map(() => "?").join(", ")})`)
    parameters.push(...query.states)
  }
  if (query.gear !== undefined) {
    const { condition, values } = gearCondition(query.gear)
    conditions.push(condition)
    parameters.push(...values)
  }
  const where = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`
  // A negative limit is none.
  parameters.push(query.limit ?? -1)
  const sql = `SELECT ${SUMMARY_COLUMNS.join(", ")} FROM jobs ${where} ORDER BY created DESC, id DESC LIMIT ?`
  return { sql, parameters }
}

export function readSummary(row: Readonly<Record<string, unknown>>): JobSummary {
  const { id, state, gear_name, gear_version, gear_id, created, ended, exit_code, reason, wall_ms } = row
  const gearId = typeof gear_id === "string" && isDigest(gear_id) ? gear_id : undefined
  if (typeof id !== "string" || !isJobState(state) || gearId === undefined || typeof created !== "string") {
    throw recordsDamaged(`list job "${id}"`, "its row holds what no job has")
  }
  return {
    id,
    state,
    gear: `${gear_name}@${gear_version}`,
    gearId,
    created,
    ...(typeof ended === "string" ? { ended } : {}),
    ...(typeof exit_code === "number" ? { exitCode: exit_code } : {}),
    ...(typeof reason === "string" ? { reason } : {}),
    ...(typeof wall_ms === "number" ? { wallMs: wall_ms } : {}),
  }
}

function gearCondition(gear: string): { readonly condition: string; readonly values: readonly string[] } {
  if (isDigest(gear)) return { condition: "gear_id = ?", values: [gear] }
  const at = gear.lastIndexOf("@")
  if (at <= 0) return { condition: "gear_name = ?", values: [gear] }
  return { condition: "gear_name = ? AND gear_version = ?", values: [gear.slice(0, at), gear.slice(at + 1)] }
}

function isJobState(value: unknown): value is JobState {
  return (JOB_STATES as readonly unknown[]).includes(value)
}
