import type { Digest, GearId } from "../../identity/digest.ts"
import type { Destination, Network } from "../../invocation/invocation.ts"
import type { JsonObject, JsonValue } from "../../json/json-value.ts"
import type { Culprit, Reason } from "../failure.ts"
import type { Limits, OutputFile, Usage } from "../job-record.ts"
import type { JobPhase } from "../job-state.ts"
import type { JobResources } from "./job-resources.ts"

/**
 * What runner and server say to each other, all below `/api/v1/runners`. Times are durations, so that a runner's clock does not matter.
 * The attempt's number goes with every write: one that is no longer the job's present attempt is refused with ATTEMPT_STALE.
 */

/** `POST /runners/hello` */
export interface HelloRequest {
  /** One of its kind for the token: the same token and name are the same runner again. */
  readonly name: string
  readonly host: string
  /** Jobs that it runs at once. */
  readonly slots: number
  readonly labels: Readonly<Record<string, string>>
  readonly capabilities: readonly string[]
  /** Of the program, of Node, of the kernel …: shown to admins. */
  readonly versions: Readonly<Record<string, string>>
  readonly machine: { readonly cpus: number; readonly memoryBytes: number; readonly gpus: number }
}

export interface HelloReply {
  readonly runner: string
  /** So often it shows that it is there: a third of the lease. */
  readonly heartbeatMs: number
  readonly leaseMs: number
  readonly serverTimeMs: number
}

/** `POST /runners/{runner}/claim`: answers at once when there is something, else waits. */
export interface ClaimRequest {
  /** Jobs that it could start now. */
  readonly free: number
  /** At most 30,000. */
  readonly waitMs: number
}

export interface ClaimReply {
  readonly jobs: readonly ClaimedJob[]
}

/** One try at one job: what every write of a runner names. */
export interface AttemptName {
  readonly job: string
  /** From 1 on. */
  readonly attempt: number
}

export interface ClaimedJob extends AttemptName {
  readonly leaseMs: number
  /** The job's own: for `GET` and `PUT /blobs/{digest}`, as long as the attempt lives. */
  readonly token: string
  readonly gear: {
    readonly id: GearId
    readonly name: string
    readonly version: string
    readonly manifest: JsonObject
    /** One file that `gear import` reads. */
    readonly imageDigest: Digest
    readonly imageBytes: number
  }
  /** The whole config, defaults filled in. */
  readonly config: JsonObject
  readonly inputs: readonly ClaimedInput[]
  /** Context inputs that were found. */
  readonly contexts: Readonly<Record<string, JsonValue>>
  /** API-key inputs that were granted; the key's secret is the job's token. */
  readonly keys: readonly string[]
  /** Absent where the gear is not to know of one: the job was ordered by content. */
  readonly destination?: Destination
  readonly limits: Limits
  readonly resources: JobResources
  readonly network: Network
  /** Digest of the invocation as the server fixed it. */
  readonly invocationDigest: Digest
}

export interface ClaimedInput {
  /** Name of the input; of one of several files of an input, `<input>/<file name>`. */
  readonly input: string
  /** Name of the file as the gear sees it. */
  readonly name: string
  readonly digest: Digest
  readonly sizeBytes: number
  /** Its description in config.json, as it was when the job was queued. */
  readonly object: JsonObject
  /** Where it lies; absent where the gear is not to know: the job was ordered by content. */
  readonly place?: Destination
}

/** `POST /runners/{runner}/heartbeat` */
export interface HeartbeatRequest {
  /** All that it still runs. */
  readonly jobs: readonly (AttemptName & { readonly phase: JobPhase })[]
  /** None while it rests. */
  readonly free: number
  /** It was asked on its own machine to take no new jobs. */
  readonly draining: boolean
  /** It takes no jobs for a while, since its machine has failed some. */
  readonly rest?: RunnerRest
}

export interface RunnerRest {
  /** What is left of it. */
  readonly leftMs: number
  /** Reason of the failure that it began with, such as `DISK_FULL`. */
  readonly why: string
}

/** `cancel`: end it, and finish it as cancelled. `stale`: it is somebody else's by now; end it, and say nothing more of it. */
export type HeartbeatVerdict = "go on" | "cancel" | "stale"

export interface HeartbeatReply {
  readonly jobs: readonly (AttemptName & { readonly verdict: HeartbeatVerdict })[]
  /** Take no new jobs. */
  readonly drain: boolean
  /** The leases of those that go on last so long from now. */
  readonly leaseMs: number
}

/** `PUT /runners/{runner}/jobs/{job}/{attempt}/logs/{n}`, the body as bytes of at most 1 MiB; n counts from 0 without a gap. */
export interface LogReply {
  readonly cancel: boolean
}

export type AttemptOutcome = "complete" | "failed" | "cancelled"

/** An output as the engine's record has it, but for what the path is called. */
export interface FinishOutput extends Omit<OutputFile, "path" | "freed"> {
  /** Path in the output folder. */
  readonly name: string
}

/** `POST /runners/{runner}/jobs/{job}/{attempt}/finish`. The same again answers the same; another one is refused with ATTEMPT_ENDED. */
export interface FinishRequest {
  readonly state: AttemptOutcome
  readonly reason?: Reason
  readonly culprit?: Culprit
  /** One sentence for people. */
  readonly message?: string
  readonly exitCode?: number
  /** Their bytes were stored before. */
  readonly outputs: readonly FinishOutput[]
  /** What the gear wrote to `.metadata.json`, if it did. */
  readonly metadata?: JsonValue
  readonly usage?: Usage
  /** The engine's own record of the job, stored as a blob. */
  readonly recordDigest?: Digest
  /** Chunks of log that were sent: the server has to have them all. */
  readonly logChunks: number
}

export interface FinishReply extends AttemptName {
  /** What the job's state is now: `cancelled` for one that was cancelled meanwhile, `pending` for one that is tried again. */
  readonly state: "pending" | "complete" | "failed" | "cancelled"
}

/** `POST /runners/{runner}/jobs/{job}/{attempt}/release`: gives the job back, to be tried again at once. */
export interface ReleaseRequest {
  readonly reason: string
}
