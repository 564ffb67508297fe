import type { Digest, GearId, InvocationDigest } from "../identity/digest.ts"
import type { JobId, Limits } from "../job/job-record.ts"
import type { JsonObject, JsonValue } from "../json/json-value.ts"
import type { StepPolicy, Workflow } from "./workflow.ts"

export const WORKFLOW_PLAN_FORMAT = "geartrain-plan/1"

/** A file by content. */
export interface KnownFile {
  /** Name or path as the gear sees it. */
  readonly name: string
  readonly digest: Digest
  readonly sizeBytes: number
  /** Where it lies outside of the store. Absent: the store has it, or a job can make it again. */
  readonly path?: string
  readonly type?: string
  /** A gear wrote it so; whoever gets it delivered can run it, too. */
  readonly executable?: true
}

/** Files of a job that is not known yet: what `output` (a declared output) or `files` (a pattern) picks of them. */
export interface AwaitedFiles {
  /** Keys of jobs of the plan, in order: several are a gathered scatter. */
  readonly jobs: readonly string[]
  readonly output?: string
  readonly files?: string
}

/** Files of a scattered step that is itself open. */
export interface OpenFiles {
  readonly step: string
  readonly output?: string
  readonly files?: string
}

/** What goes into one input of a job: files in order, each known, awaited of a job, or of a step that is still open; or a context's value. */
export interface PlannedInput {
  readonly takes: "file" | "files" | "folder" | "value"
  readonly parts?: readonly (KnownFile | AwaitedFiles | OpenFiles)[]
  readonly value?: JsonValue
}

/** Why a job is run: the first thing that differs from the job before it, or that there is none. Ends a sentence. */
export interface PlanReason {
  readonly kind: /** The same invocation was carried out before. */
    | "same"
    /** No job of this gear, by its name, is recorded. */
    | "new"
    /** The first component of the invocation that differs from the nearest of the gear's last jobs, which may be another step's. */
    | "changed"
    /** What it reads is made by a job that runs: decided when that has ended. */
    | "awaits"
    /** It was asked not to reuse. */
    | "asked"
    /** It was done, and its bytes are gone and needed. */
    | "bytes"
    /** Skipped: its condition does not hold. */
    | "condition"
    /** Skipped: it reads of what is skipped. */
    | "left-out"
  /** For `changed`: `config threads`, `input reads`, `gear` … */
  readonly component?: string
  readonly before?: JsonValue
  readonly now?: JsonValue
  /** For `awaits` and `left-out`: the keys of jobs; for `bytes`: who needs them, none where it is the workflow's outputs. At most ten. */
  readonly jobs?: readonly string[]
}

/** `await`: run or reuse is decided by content when what it reads is there. */
export type PlanAction = "run" | "reuse" | "await" | "skip"

export interface PlannedJob {
  /** Unique in the plan and the same in each plan of the workflow: `align`, `align[3]`, `qc[2]/align[3]`; indices from 0. */
  readonly key: string
  /** Path of the step: `qc/align`. */
  readonly step: string
  /** The item of its scatter, by name: a value, or the name of a file; and what globs caught, `name.1`. */
  readonly each?: JsonObject
  readonly gear: GearId
  readonly config: JsonObject
  readonly inputs: Readonly<Record<string, PlannedInput>>
  /** Keys of all jobs that have to be done before: those that it reads of, and others. */
  readonly after: readonly string[]
  /** Steps that are still open, all of whose jobs have to be done before. */
  readonly afterOpen?: readonly string[]
  readonly action: PlanAction
  readonly reason: PlanReason
  /** Known where all that it reads is. */
  readonly invocation?: InvocationDigest
  /** The job whose outputs are taken. */
  readonly reuses?: JobId
  readonly network?: "outbound"
  readonly acceptExitCodes?: readonly number[]
  /** Of resources, as numbers. */
  readonly limits?: Limits
  readonly policy: StepPolicy
  /** From earlier jobs of this gear, by its name, whatever their config; absent where there is none. */
  readonly expected?: { readonly wallMs?: number; readonly outputBytes?: number; readonly peakMemoryBytes?: number }
}

/** A scattered step whose items are known only when another step is done. It becomes jobs when the run gets there. */
export interface OpenStep {
  readonly step: string
  readonly gear: GearId
  /** Jobs, and steps that are open themselves, that it waits for. */
  readonly awaits: readonly string[]
}

/** Which intermediate files are removed when: `none`; `leaf`: all at the end; `inplace`: each as soon as nothing reads it any more. */
export type CleanupPolicy = "none" | "leaf" | "inplace" | { readonly keepBytes: number }

/** Outputs of a job that are removed when these have ended, and what they are worth in bytes where that is known. */
export interface PlannedCleanup {
  readonly job: string
  /** None: at the end of the run. */
  readonly after: readonly string[]
  readonly bytes?: number
}

/** Bytes that have to move before a job or after it: inputs into the box's machine, outputs to where they are delivered. */
export interface PlannedTransfer {
  readonly kind: "stage-in" | "stage-out"
  readonly digest?: Digest
  readonly name: string
  readonly sizeBytes?: number
  /** In the order in which they are tried. */
  readonly sources: readonly string[]
  readonly to: string
}

/**
 * Everything that a run will do, decided before it starts. Whoever runs a plan runs just this; a plan whose inputs changed since is refused.
 */
export interface WorkflowPlan {
  readonly format: typeof WORKFLOW_PLAN_FORMAT
  readonly created: string
  readonly engine: string
  readonly workflow: { readonly name: string; readonly digest: Digest; readonly file?: string }
  /** With all sub-workflows, by the path of their step; the whole itself under the empty path. */
  readonly documents: Readonly<Record<string, Workflow>>
  readonly parameters: JsonObject
  readonly inputs: Readonly<Record<string, readonly KnownFile[]>>
  /** Files that the documents name themselves: by the path of the step whose document it is, a colon, and what is written there. */
  readonly files?: Readonly<Record<string, readonly KnownFile[]>>
  /** By the path of the step. */
  readonly gears: Readonly<Record<string, { readonly id: GearId; readonly name: string; readonly version: string }>>
  readonly options: { readonly reuse: "any" | "none" | { readonly from: string }; readonly cleanup: CleanupPolicy }
  /** Each after all that it waits for. */
  readonly jobs: readonly PlannedJob[]
  readonly open: readonly OpenStep[]
  readonly cleanup: readonly PlannedCleanup[]
  readonly transfers: readonly PlannedTransfer[]
  /** The workflow's outputs. */
  readonly outputs: Readonly<Record<string, PlannedInput>>
}
