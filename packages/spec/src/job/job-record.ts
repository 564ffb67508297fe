import type { Digest, GearId, InvocationDigest, TreeDigest } from "../identity/digest.ts"
import type { Platform } from "../identity/gear-id.ts"
import type { Invocation } from "../invocation/invocation.ts"
import type { GearOrigin } from "../manifest/gear.ts"
import type { Failure } from "./failure.ts"
import type { JobPhase, JobState } from "./job-state.ts"

export const JOB_RECORD_FORMAT = "geartrain-job/1"

/** 24 lower-case hexadecimal digits. */
export type JobId = string & { readonly __kind?: "job" }

/** Limits that were asked for. A member that is absent was not limited. */
export interface Limits {
  readonly memoryBytes?: number
  readonly cpuCores?: number
  readonly processes?: number
  readonly outputBytes?: number
  readonly timeMs?: number
}

/** What the job used, and how that was found out. A member that is absent could not be measured here. */
export interface Usage {
  readonly wallMs: number
  readonly cpuMs?: number
  readonly peakMemoryBytes?: number
  readonly readBytes?: number
  readonly writtenBytes?: number
  /** `cgroup`: counted by the kernel for the whole box; `sampled`: read now and then, so peaks may be missed; `none`. */
  readonly method: "cgroup" | "sampled" | "none"
}

/** A file as it came out. `path` is relative to the output folder. */
export interface OutputFile {
  readonly path: string
  readonly digest: Digest
  readonly sizeBytes: number
  /** File type by name, such as `nifti` or `tabular data`; absent where no rule knows it. */
  readonly type?: string
  readonly executable?: true
  /** What the gear's manifest calls it, where it promises the output. */
  readonly output?: string
  /** Who may see it, as the gear's manifest says. */
  readonly sensitivity?: "public" | "internal" | "personal"
  /**
   * Since when the store that this record comes from has kept the proof and not the bytes: they were removed to make room, and can be made again.
   * Not written with the record, but known beside it, since it is about the bytes and may change.
   */
  readonly freed?: string
}

/** An output that the gear's manifest promises. */
export interface PromisedOutput {
  /** Patterns of paths in the output folder. */
  readonly files: readonly string[]
  readonly type?: string
  readonly sensitivity?: "public" | "internal" | "personal"
  readonly optional?: boolean
}

/** A name in the output folder that was not collected, and why. */
export interface SkippedOutput {
  readonly path: string
  readonly why: string
}

/** A file as it went in. The name and digest are in the invocation; this says where it lay. */
export interface InputOrigin {
  /** Absolute path on the machine that ran the job. */
  readonly path: string
  readonly sizeBytes: number
  /** Its digest was known from an earlier job, and its file system said that it had not changed since. Absent: it was read for this job. */
  readonly recalled?: true
}

/** One attempt to run this job again and to compare the outputs. */
export interface Verification {
  readonly at: string
  /** The re-run. Absent where there was none, so that the verdict is undecided. */
  readonly job?: JobId
  /** The provider of the re-run, or the one that was asked for; empty where none was. */
  readonly provider: string
  /**
   * `equivalent`: other bytes only in what the gear's manifest declares as free. `undecided`: nothing came of it that says anything about the
   * job, since an input, the gear or the provider is gone, or the machine failed.
   */
  readonly verdict: "identical" | "equivalent" | "different" | "undecided"
  /** Why it is undecided, as one sentence that names what is missing. */
  readonly why?: string
  /** Outputs whose bytes differ, that are missing or are new, by path. */
  readonly differences: readonly { readonly path: string; readonly here?: Digest; readonly there?: Digest }[]
}

/** Something that a run was held to, so as to see whether it makes a difference. */
export interface HeldCondition {
  /** A stable word, such as `threads` or `clock`. */
  readonly name: string
  /** For people; ends a sentence: `one thread`. */
  readonly says: string
}

/**
 * Everything about one job, in one document, kept for ever. JSON Schema: `JOB_RECORD_SCHEMA` in `published/` (`gear schema job-record`).
 *
 * Times are ISO 8601 in UTC with milliseconds.
 */
export interface JobRecord {
  readonly format: typeof JOB_RECORD_FORMAT
  readonly id: JobId
  readonly state: JobState
  /** Only while `state` is `running`. */
  readonly phase?: JobPhase
  readonly failure?: Failure
  readonly gear: {
    readonly id: GearId
    readonly name: string
    readonly version: string
    readonly platform: Platform
    readonly tree: TreeDigest
    readonly origin: GearOrigin
    /** True for a folder that was mounted as it was: its bytes are not kept, so the job cannot be replayed. */
    readonly development?: true
  }
  readonly invocation: Invocation
  readonly invocationDigest: InvocationDigest
  /** The argument list of the gear's process. */
  readonly command: readonly string[]
  readonly inputs: Readonly<Record<string, InputOrigin>>
  readonly outputs: readonly OutputFile[]
  readonly skippedOutputs: readonly SkippedOutput[]
  /** What the gear's manifest promises, by name. */
  readonly promised?: Readonly<Record<string, PromisedOutput>>
  readonly provider?: { readonly name: string; readonly version: string; readonly rootless: boolean }
  readonly host: {
    readonly name: string
    readonly kernel: string
    readonly architecture: string
    readonly cpus: number
    readonly memoryBytes: number
  }
  readonly engine: { readonly version: string; readonly node: string }
  readonly limits: Limits
  readonly usage?: Usage
  readonly exit?: {
    readonly code: number
    readonly signal?: string
    /** The kernel, or the engine that saw the box stand still at its limit, ended it for want of memory. */
    readonly outOfMemory?: true
  }
  readonly log?: {
    readonly digest: Digest
    readonly sizeBytes: number
    readonly lines: number
    readonly droppedBytes: number
  }
  /** Only while `phase` is `collecting`: what `log` will say beside its digest. */
  readonly logLines?: { readonly lines: number; readonly droppedBytes: number }
  readonly created: string
  readonly started?: string
  readonly ended?: string
  /** How long each phase took. */
  readonly phasesMs?: Readonly<Partial<Record<JobPhase, number>>>
  /** The job whose record this one carried out again. */
  readonly replayOf?: JobId
  /** True when that was done to compare the outputs, and not to have them. */
  readonly forVerification?: true
  /** An experiment: the run was held to these, which the gear's invocation alone does not say. Its outputs stand for no other job's. */
  readonly conditions?: readonly HeldCondition[]
  readonly history: readonly Verification[]
}
