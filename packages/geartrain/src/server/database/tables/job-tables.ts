import type { JobPhase, JobState } from "@geartrain/spec"

/** Jobs and what became of them. No row of `jobs`, `attempts` or `job_transitions` is ever removed. */
export interface JobTables {
  jobs: JobRow
  job_tags: JobTagRow
  job_blobs: JobBlobRow
  job_transitions: TransitionRow
  attempts: AttemptRow
  job_logs: LogChunkRow
}

export interface JobRow {
  id: string
  project: string
  destination_type: string
  destination_id: string
  gear: string
  gear_name: string
  gear_version: string
  state: JobState
  phase: JobPhase | null
  reason: string | null
  culprit: string | null
  message: string | null
  /** From -100 to 100; the highest of its owner's goes first. */
  priority: number
  /** JSON: list of texts. */
  tags: string
  label: string | null
  /** JSON: the whole config, defaults filled in. */
  config: string
  /** JSON: list of `QueuedInput`. */
  inputs: string
  /** 1 for a job that was ordered by content: its gear sees no place, and what it puts out stays with it. */
  by_content: number
  /** JSON: context inputs that were found, by name. */
  contexts: string
  /** JSON: names of API-key inputs that were granted. */
  keys: string
  network: "none" | "outbound"
  invocation_digest: string
  /** The same for jobs that do the same, also where each has an analysis of its own. */
  reuse_digest: string
  /** JSON: `Limits`. */
  limits: string
  /** JSON: `JobResources`. */
  resources: string
  lane: string
  owner: string
  origin_type: "user" | "rule" | "batch" | "job" | "schedule"
  origin_id: string | null
  batch: string | null
  /** The present one, or the next when pending. */
  attempt: number
  /** So high may `attempt` get by itself. */
  most_attempts: number
  runner: string | null
  lease_until_ms: number | null
  cancel_requested_ms: number | null
  created_ms: number
  queued_ms: number
  started_ms: number | null
  ended_ms: number | null
  exit_code: number | null
  /** JSON: list of `JobOutput`. */
  outputs: string
  record_digest: string | null
  idempotency_key: string | null
  /** Of what was asked, so that one key is not used for two things. */
  request_digest: string
  revision: number
}

export interface JobTagRow {
  tag: string
  job: string
  created_ms: number
}

/** Bytes that a job names: they are not garbage. */
export interface JobBlobRow {
  digest: string
  job: string
  is: "input" | "output" | "record" | "log"
}

export interface TransitionRow {
  job: string
  n: number
  at_ms: number
  attempt: number
  state: JobState
  phase: JobPhase | null
  reason: string | null
  by_user: string | null
}

export interface AttemptRow {
  job: string
  attempt: number
  runner: string
  state: "running" | "complete" | "failed" | "cancelled" | "lost" | "released"
  reason: string | null
  culprit: string | null
  message: string | null
  exit_code: number | null
  started_ms: number
  ended_ms: number | null
  /** JSON: `Usage`. */
  usage: string | null
  /** JSON: what it put out, whether or not that was saved anywhere. */
  outputs: string
  record_digest: string | null
  /** Of the request that finished it, and what was answered: the same again is answered the same. */
  finish_digest: string | null
  finish_state: JobState | null
  log_chunks: number
  /** All that came, the dropped ones included. */
  log_bytes: number
  /** Of the part before what was dropped. */
  log_head_bytes: number
  log_dropped_bytes: number
  /** Of the log as one blob, once it is one. */
  log_digest: string | null
}

export interface LogChunkRow {
  job: string
  attempt: number
  n: number
  /** Of its first byte, counted from the beginning of the log. */
  start: number
  size: number
  bytes: Uint8Array
}
