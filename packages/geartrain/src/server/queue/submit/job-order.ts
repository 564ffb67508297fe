import type { Digest, Invocation, JobState, JsonObject, Limits, Network } from "@geartrain/spec"
import type { ClaimedInput, JobResources } from "@geartrain/spec/server"
import type { JobRow } from "../../database/tables/job-tables.ts"
import type { FiledPlace } from "../job-archive.ts"

/** What somebody wants to have run. */
export interface JobOrder {
  /** Id of a gear, `name` for its newest version, or `name@version`. */
  readonly gear: string
  /** Values that are set; defaults are filled in. */
  readonly config?: JsonObject
  /** File inputs: each a reference, `file:<id>[@version]` or a path; a list for an input that takes several. */
  readonly inputs?: Readonly<Record<string, string | readonly string[]>>
  /** Id or path of the place that the outputs go to. Absent: the place of the first file input that the gear requires. */
  readonly destination?: string
  /** API-key inputs that the gear may have: a key of the user's own, in this project, as long as the job runs. */
  readonly keys?: readonly string[]
  readonly network?: Network
  readonly priority?: number
  readonly tags?: readonly string[]
  readonly label?: string
  /** Over what the gear says that it needs. */
  readonly limits?: Limits
  /** Over what the gear says that it needs; labels and capabilities besides. */
  readonly resources?: JobResources
  /** Answer with a job that did the same already, if there is one, and run nothing. */
  readonly reuse?: boolean
}

/** Who or what had the job made. */
export interface JobOrigin {
  readonly type: JobRow["origin_type"]
  /** Of the rule, batch, job or schedule. */
  readonly id?: string
}

/** Who or what orders, for what else than a user does by hand. */
export interface OrderOptions {
  readonly origin?: JobOrigin
  readonly batch?: string
  /** The same key again answers the same job, and makes none. */
  readonly idempotencyKey?: string
}

/** An order that was checked: everything is there, allowed and known. */
export interface PlannedJob {
  readonly gear: { readonly id: string; readonly name: string; readonly version: string }
  readonly owner: string
  readonly place: FiledPlace
  readonly invocation: Invocation
  readonly invocationDigest: Digest
  /** The same for jobs that do the same, also where each has an analysis of its own. */
  readonly reuseDigest: Digest
  readonly inputs: readonly QueuedInput[]
  readonly keys: readonly GrantedKey[]
  readonly limits: Limits
  readonly resources: JobResources
  readonly priority: number
  readonly tags: readonly string[]
  readonly label?: string
  /** A complete job that did the same, and whose outputs are known. */
  readonly same?: SameJob
}

export interface GrantedKey {
  readonly name: string
  readonly readOnly: boolean
}

/** An input as it was when the job was queued: the bytes that the job gets are these, whatever becomes of the file. */
export interface QueuedInput extends ClaimedInput {
  readonly file: string
  readonly version: number
}

export interface SameJob {
  readonly id: string
  readonly state: JobState
  readonly endedMs: number
}
