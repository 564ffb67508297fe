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
  "stands_for",
  "output_bytes",
  "peak_memory_bytes",
] as const

/** Those of them that change while a job goes on; the others stay as they were when it was recorded. */
export const CHANGING_COLUMNS = [
  "state",
  "ended",
  "exit_code",
  "reason",
  "wall_ms",
  "output_bytes",
  "peak_memory_bytes",
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
    stands_for: standsFor(record),
    output_bytes: record.outputs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    peak_memory_bytes: record.usage?.peakMemoryBytes ?? null,
  }
}

/**
 * The invocation for which the job's outputs stand once it is complete. An experiment, a comparison, and a run of a folder that may be another one
 * tomorrow stand for none but themselves, and so does a job that was given a key: what it opens is in no invocation.
 */
function standsFor({ gear, conditions, forVerification, invocation, invocationDigest }: JobRecord): string | null {
  const isOwn = gear.development !== true && conditions === undefined && forVerification !== true
  const hasKey = Object.values(invocation.inputs).some(({ base }) => base === "api-key")
  return isOwn && !hasKey ? invocationDigest : null
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
