import type { ReplicaCatalog } from "../catalogs/replica-catalog.ts"
import type { SiteCatalog } from "../catalogs/site-catalog.ts"
import type { TransformationCatalog } from "../catalogs/transformation-catalog.ts"
import type { Hook, Metadata } from "./hooks.ts"
import type { Profiles } from "./profiles.ts"

/** A workflow of Pegasus', format 5.0, as it is written: programs and files by name, no places. */
export interface AbstractWorkflow {
  readonly file: string
  /** Version of the format, as it says itself. */
  readonly format: string
  readonly name: string
  readonly jobs: readonly AbstractJob[]
  /** Children that are said to wait for a job, by the job's id. */
  readonly dependencies: ReadonlyMap<string, readonly string[]>
  readonly profiles: Profiles
  readonly hooks: readonly Hook[]
  readonly metadata: Metadata
  readonly replicas?: ReplicaCatalog
  readonly transformations?: TransformationCatalog
  readonly sites?: SiteCatalog
  /** Keys that begin with `x-`, and keys that the format does not know. */
  readonly unknown: readonly string[]
}

export type JobType = "job" | "pegasusWorkflow" | "condorWorkflow"

export interface AbstractJob {
  readonly type: JobType
  readonly id: string
  /** The program's name; of a sub-workflow, its file. */
  readonly name: string
  readonly namespace?: string
  readonly version?: string
  readonly label?: string
  /** In the order of the command line. */
  readonly arguments: readonly string[]
  readonly stdin?: string
  readonly stdout?: string
  readonly stderr?: string
  readonly uses: readonly FileUse[]
  readonly profiles: Profiles
  readonly hooks: readonly Hook[]
  readonly metadata: Metadata
}

export type LinkType = "input" | "output" | "inout" | "checkpoint" | "none"

/** What a job does with a file. */
export interface FileUse {
  readonly lfn: string
  readonly type: LinkType
  /** The user wants it. False: it is needed only on the way. */
  readonly stageOut: boolean
  readonly register: boolean
  readonly optional: boolean
  readonly executable: boolean
  /** It is taken from where it lies. */
  readonly bypass: boolean
  readonly forPlanning: boolean
  readonly sizeBytes?: number
  readonly metadata: Metadata
}

export function readsFile({ type }: FileUse): boolean {
  return type === "input" || type === "inout"
}

export function writesFile({ type }: FileUse): boolean {
  return type === "output" || type === "inout" || type === "checkpoint"
}
