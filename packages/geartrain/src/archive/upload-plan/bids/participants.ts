import type { JsonObject, JsonValue } from "@geartrain/spec"
import type { PlaceDraft } from "../book/plan-book.ts"
import type { TableRow } from "./read-table.ts"

const YEAR_SECONDS = 31_557_600

/** A table with one line for each subject or session, by their labels. */
export function rowsByLabel(rows: readonly TableRow[], column: string): ReadonlyMap<string, TableRow> {
  const prefix = column === "session_id" ? "ses-" : "sub-"
  const labelOf = (row: TableRow): string => {
    const id = String(row.get(column) ?? "")
    return id.startsWith(prefix) ? id : `${prefix}${id}`
  }
  return new Map(rows.map((row) => [labelOf(row), row]))
}

/** Writes what a line of participants.tsv says of a subject: sex, species and strain by their own names, and all columns to `info.BIDS`. */
export function describeSubject(subject: PlaceDraft, row: TableRow): void {
  const sex = SEXES.get(String(row.get("sex") ?? row.get("gender") ?? "").toLowerCase())
  if (sex !== undefined) subject.fields["sex"] = sex
  for (const name of ["species", "strain"]) {
    const value = row.get(name)
    if (typeof value === "string") subject.fields[name] = value
  }
  subject.fields["info"] = { BIDS: columnsOf(row) }
}

/** Writes what a line of sessions.tsv says, and the subject's age where there is no other session that it could be of. */
export function describeSession(
  session: PlaceDraft,
  row: TableRow | undefined,
  subjectAge: JsonValue | undefined,
): void {
  const age = row?.get("age") ?? subjectAge
  if (typeof age === "number" && age >= 0 && age < 150) session.fields["age"] = Math.round(age * YEAR_SECONDS)
  const time = row?.get("acq_time")
  // BIDS lets times stand without a zone, and dates be shifted: only what says that it is UTC is a time for others.
  if (
    typeof time === "string" &&
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z$/.test(time) &&
    !Number.isNaN(Date.parse(time))
  )
    session.fields["timestamp"] = time
  if (row !== undefined) session.fields["info"] = { BIDS: columnsOf(row) }
}

/** @see BIDS 1.10, "Participants file" */
const SEXES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ...{ m: "male", male: "male", f: "female", female: "female", o: "other", other: "other" },
  }),
)

function columnsOf(row: TableRow): JsonObject {
  return Object.fromEntries([...row].filter(([name]) => name !== "__proto__"))
}
