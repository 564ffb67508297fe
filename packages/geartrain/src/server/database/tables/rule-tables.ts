/** Rules of projects, what they decided, and how far they have come. */
export interface RuleTables {
  rules: RuleRow
  rule_decisions: DecisionRow
  rule_sweeps: SweepRow
  rule_cursors: CursorRow
}

export interface RuleRow {
  id: string
  project: string
  /** One of its kind among the project's that are not deleted. */
  name: string
  /** The rule, as JSON. */
  document: string
  /** 1 when nothing of it is to be evaluated. */
  disabled: number
  /** When its schedule comes next; null for a rule without one. */
  next_ms: number | null
  created_ms: number
  created_by: string
  modified_ms: number
  /** Who made or last confirmed it: it acts with this user's rights. */
  confirmed_by: string
  confirmed_ms: number
  revision: number
  deleted_ms: number | null
}

/** What a rule decided of a file: the fact that a job was started stays, of everything else the last word. */
export interface DecisionRow {
  id: string
  /** One of its kind: for a job that was started, rule and key; for the rest, rule and file. */
  slot: string
  rule: string
  rule_revision: number
  project: string
  file: string
  file_version: number
  file_name: string
  place: string
  outcome: "fired" | "not-fired" | "waiting" | "ambiguous" | "already-done" | "loop" | "no-right" | "error"
  /** A sentence. */
  says: string
  /** Code of the error, for outcome `error`. */
  code: string | null
  /** The verdict with all its conditions, as JSON; null when it is too long to keep. */
  verdict: string | null
  job: string | null
  /** JSON: what led to the files of the job, the oldest first: list of {rule, job}. */
  chain: string
  cause: "event" | "sweep"
  /** Number of the event, or id of the sweep. */
  cause_id: string
  at_ms: number
}

/** A rule going over files that are there already. */
export interface SweepRow {
  id: string
  rule: string
  project: string
  cause: "apply" | "schedule"
  /** What it goes over: files of places whose lineage begins with it. */
  lineage: string
  /** The last file that was decided about. */
  after_lineage: string | null
  after_name: string | null
  state: "running" | "complete" | "cancelled"
  /** JSON: numbers by outcome. */
  counts: string
  by_user: string
  created_ms: number
  ended_ms: number | null
  revision: number
}

/** How far a reader of events has come: kept in the transaction of what it did. */
export interface CursorRow {
  reader: string
  /** All of this event and of those before it is done. */
  seq: number
  /** JSON: the last file of the event after `seq` that is done; null for none. */
  within: string | null
}
