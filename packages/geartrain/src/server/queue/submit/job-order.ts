import type { Digest, Invocation, JobState, JsonObject, JsonValue, Limits, Network } from "@geartrain/spec"
import type { ClaimedInput, JobResources } from "@geartrain/spec/server"
import type { JobRow } from "../../database/tables/job-tables.ts"
import type { FiledPlace } from "../job-archive.ts"

/** What somebody wants to have run. */
export interface JobOrder {
  /** The id that the job shall have, if one is made for the order. The same order of the same user again answers that job. */
  readonly id?: string
  /** Id of a gear, `name` for its newest version, or `name@version`. */
  readonly gear: string
  /** Values that are set; defaults are filled in. */
  readonly config?: JsonObject
  /** File inputs: each a reference, `file:<id>[@version]` or a path; a list for an input that takes several. */
  readonly inputs?: Readonly<Record<string, string | readonly string[]>>
  /** Instead of `inputs` and `keys`: the job is the same one wherever it runs, and files nothing. Then a destination has to be named. */
  readonly byContent?: ContentOrder
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

/**
 * What a gear sees when somebody runs it on a machine of their own: files and values, and nothing of where they lie. The destination of such an order
 * is for rights, limits and accounting, and its outputs stay with the job.
 */
export interface ContentOrder {
  readonly files: readonly ContentFile[]
  /** Values of context inputs, of which none is looked up. */
  readonly contexts?: Readonly<Record<string, JsonValue>>
}

export interface ContentFile {
  /** Name of the input; of one that takes several files or a folder, that, a slash, and the path of the file in it. */
  readonly input: string
  /** `file:ID`, `file:ID@VERSION`, or `job:ID/PATH` for what a job put out. */
  readonly from: string
  /** What the gear sees, without folders. */
  readonly name: string
  /** The bytes have to be these. */
  readonly digest: Digest
  /** Over what the name tells. */
  readonly type?: string
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
  readonly isByContent: boolean
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
  /** Of a file of the archive. */
  readonly file?: string
  readonly version?: number
  /** Of what a job put out: which, and its path there. */
  readonly job?: string
  readonly output?: string
}

export interface SameJob {
  readonly id: string
  readonly state: JobState
  readonly endedMs: number
}
