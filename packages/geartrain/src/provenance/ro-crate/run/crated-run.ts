import type { GearId, JobId, JsonObject } from "@geartrain/spec"
import type { KnownFile, RunState, StepJobState, Workflow } from "@geartrain/spec/workflow"

/** A job of a run, by its tries that are in the crate. */
export interface CratedStepJob {
  readonly key: string
  /** Path of its step. */
  readonly step: string
  readonly state: StepJobState | "waiting"
  /** The records of its tries, the last one last; that of the job that is reused where it was. */
  readonly tries: readonly JobId[]
}

/** A file of the crate that tells of the run and is no result of it. */
export interface CrateWitness {
  readonly path: string
  readonly name: string
  /** Media type. */
  readonly type: string
}

/** A run of a workflow, and where what describes it lies in the crate's folder. */
export interface CratedRun {
  readonly id: string
  readonly state: RunState
  readonly why?: string
  readonly started?: string
  readonly ended?: string
  /** Version of Geartrain that planned it. */
  readonly engine: string
  /** By the path of their step; the whole under the empty path. */
  readonly documents: Readonly<Record<string, Workflow>>
  /** Places of the documents in the crate, by the path of their step. */
  readonly documentPaths: ReadonlyMap<string, string>
  /** By the path of the step. */
  readonly gears: Readonly<Record<string, { readonly id: GearId; readonly name: string; readonly version: string }>>
  readonly parameters: JsonObject
  readonly inputs: Readonly<Record<string, readonly KnownFile[]>>
  /** What the whole gave, by the name of the output. */
  readonly outputs: ReadonlyMap<string, readonly KnownFile[]>
  readonly jobs: readonly CratedStepJob[]
  readonly witnesses: readonly CrateWitness[]
  /** Place of the workflow's picture. */
  readonly picturePath?: string
}
