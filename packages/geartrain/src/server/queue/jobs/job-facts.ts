import type { Destination, Digest, JobPhase, JobState, JsonObject, JsonValue, Limits, Usage } from "@geartrain/spec"
import type { FinishOutput, JobResources, WaitingReason } from "@geartrain/spec/server"
import type { JobRow } from "../../database/tables/job-tables.ts"
import type { GrantedKey, JobOrigin, QueuedInput } from "../submit/job-order.ts"

/** A job as lists have it. */
export interface JobSummary {
  readonly id: string
  readonly project: string
  /** Where its outputs went; of a job by content, where it counts. */
  readonly destination: Destination
  /** Its gear sees no place, and what it puts out stays with it. */
  readonly byContent?: true
  readonly gear: { readonly id: string; readonly name: string; readonly version: string }
  readonly state: JobState
  readonly phase?: JobPhase
  /** Why it ended as it did; of a pending one, why the attempt before did. */
  readonly reason?: string
  readonly culprit?: string
  readonly message?: string
  readonly priority: number
  readonly tags: readonly string[]
  readonly label?: string
  readonly owner: string
  readonly origin: JobOrigin
  readonly batch?: string
  readonly attempt: number
  readonly createdMs: number
  readonly queuedMs: number
  readonly startedMs?: number
  readonly endedMs?: number
  readonly exitCode?: number
  readonly cancelRequestedMs?: number
  readonly runner?: string
  readonly revision: number
}

/** What a job put out. */
export interface JobOutput extends FinishOutput {
  /** Where it was saved; absent for what was not, such as the outputs of a failed job. */
  readonly file?: string
  readonly version?: number
}

/** Everything about a job. */
export interface JobFacts extends JobSummary {
  readonly config: JsonObject
  readonly inputs: readonly QueuedInput[]
  readonly contexts: Readonly<Record<string, JsonValue>>
  readonly keys: readonly GrantedKey[]
  readonly network: "none" | "outbound"
  readonly invocationDigest: Digest
  readonly limits: Limits
  readonly resources: JobResources
  readonly outputs: readonly JobOutput[]
  readonly recordDigest?: Digest
  readonly attempts: readonly AttemptFacts[]
  readonly transitions: readonly Transition[]
  /** Of a pending job. */
  readonly waiting?: Waiting
}

export interface AttemptFacts {
  readonly attempt: number
  readonly runner: { readonly id: string; readonly name?: string; readonly host?: string }
  readonly state: string
  readonly reason?: string
  readonly culprit?: string
  readonly message?: string
  readonly exitCode?: number
  readonly startedMs: number
  readonly endedMs?: number
  readonly usage?: Usage
  readonly outputs: readonly JobOutput[]
  readonly recordDigest?: Digest
  readonly log: { readonly bytes: number; readonly droppedBytes: number; readonly digest?: Digest }
}

export interface Transition {
  readonly atMs: number
  readonly attempt: number
  readonly state: JobState
  readonly phase?: JobPhase
  readonly reason?: string
  readonly byUser?: string
}

export interface Waiting {
  readonly reason: WaitingReason
  readonly message: string
  /** Pending jobs of the same user, project and requirements that come first; at most 10,000 are counted. */
  readonly ahead: number
}

export function summaryOf(row: JobRow): JobSummary {
  return {
    id: row.id,
    project: row.project,
    destination: { type: row.destination_type, id: row.destination_id },
    ...(row.by_content === 1 ? { byContent: true } : {}),
    gear: { id: row.gear, name: row.gear_name, version: row.gear_version },
    state: row.state,
    ...given("phase", row.phase),
    ...given("reason", row.reason),
    ...given("culprit", row.culprit),
    ...given("message", row.message),
    priority: row.priority,
    tags: JSON.parse(row.tags) as string[],
    ...given("label", row.label),
    owner: row.owner,
    origin: { type: row.origin_type, ...given("id", row.origin_id) },
    ...given("batch", row.batch),
    attempt: row.attempt,
    createdMs: row.created_ms,
    queuedMs: row.queued_ms,
    ...given("startedMs", row.started_ms),
    ...given("endedMs", row.ended_ms),
    ...given("exitCode", row.exit_code),
    ...given("cancelRequestedMs", row.cancel_requested_ms),
    ...given("runner", row.runner),
    revision: row.revision,
  }
}

/** A member of an object, unless the column is empty. */
export function given<Name extends string, Value>(
  name: Name,
  value: Value | null,
): { readonly [name in Name]?: Value } {
  return value === null ? {} : ({ [name]: value } as { readonly [name in Name]?: Value })
}
