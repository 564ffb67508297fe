/** Many jobs of one gear, proposed before they are run. */
export interface BatchTables {
  batches: BatchRow
  batch_targets: BatchTargetRow
  batch_jobs: BatchJobRow
}

export interface BatchRow {
  id: string
  project: string
  label: string | null
  gear: string
  gear_name: string
  gear_version: string
  /** What was asked for, as JSON. */
  request: string
  /** Of all targets with what was decided of them: what somebody saw is what is run. */
  proposal_digest: string
  state: "proposed" | "running" | "complete" | "partly failed" | "failed" | "cancelled"
  owner: string
  created_ms: number
  started_ms: number | null
  ended_ms: number | null
  cancel_requested_ms: number | null
  revision: number
}

/** A place that the gear is to be run for. */
export interface BatchTargetRow {
  batch: string
  /** From 0, in the order of the targets. */
  n: number
  place_type: string
  place: string
  path: string
  outcome: "will-run" | "already-done" | "ambiguous" | "no-match" | "no-permission"
  /** A sentence. */
  says: string
  /** JSON: list of what was found for each input, with candidates and nearest misses. */
  matches: string
  /** JSON: the files that it would run with, by input. */
  inputs: string
  invocation_digest: string | null
  /** The job that runs, or ran, for it; of a target that is done already, the one that did it. */
  job: string | null
  /** How often a job was submitted for it. */
  tries: number
  /** JSON {config, limits} that its next try has beyond the batch's own; null for none. */
  changes: string | null
  /** Why no job could be submitted, as a code and a sentence. */
  refused_code: string | null
  refused_says: string | null
}

/** Every job that was submitted for a target, the replaced ones too. */
export interface BatchJobRow {
  batch: string
  n: number
  /** From 1. */
  try: number
  job: string
}
