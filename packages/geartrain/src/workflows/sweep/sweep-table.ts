import { canonicalJson, type JobRecord, type JsonValue } from "@geartrain/spec"
import type { RunJob } from "../run/fold-run.ts"

/** A table of results against parameters: titles, and a row for each job in the order of the grid. */
export interface SweepTable {
  readonly titles: readonly string[]
  /** A cell that is not known is absent. */
  readonly rows: readonly (readonly (JsonValue | undefined)[])[]
}

/** One job of a sweep with what is known of it. */
export interface SweptJob {
  readonly job: RunJob
  readonly record?: JobRecord
  /** In the order of what is to be collected. */
  readonly collected: readonly (JsonValue | undefined)[]
}

/** @param swept  Names of config values that differ. @param titles  Of what is collected. */
export function sweepTable(
  jobs: readonly SweptJob[],
  { swept, titles }: { readonly swept: readonly string[]; readonly titles: readonly string[] },
): SweepTable {
  return {
    titles: [...swept, "state", "job", "exit", "seconds", "peak_memory_bytes", ...titles],
    rows: jobs.map(({ job, record, collected }) => [
      ...swept.map((name) => job.planned.config[name]),
      job.state,
      job.job,
      record?.exit?.code,
      record?.usage === undefined ? undefined : Math.round(record.usage.wallMs) / 1000,
      record?.usage?.peakMemoryBytes,
      ...collected,
    ]),
  }
}

/**
 * The table as comma-separated values: a line for the titles and one for each row.
 *
 * @see RFC 4180, 2
 */
export function* csvLines({ titles, rows }: SweepTable): Generator<string> {
  yield titles.map(csvCell).join(",")
  for (const row of rows) yield row.map((value) => csvCell(cellText(value))).join(",")
}

/** A value as a cell has it: texts as they are, lists and objects as JSON. */
export function cellText(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return ""
  return typeof value === "string" ? value : canonicalJson(value)
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
