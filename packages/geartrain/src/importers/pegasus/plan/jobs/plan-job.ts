import type { Profiles } from "../../workflow/profiles.ts"

/** How files get to a job: the scheduler carries them, a staging site is in the middle, or all see one file system. */
export type DataConfiguration = "condorio" | "nonsharedfs" | "sharedfs"

/** A job of the executable workflow. */
export interface PlanJob {
  readonly kind: JobKind
  readonly name: string
  /** The abstract job's; of a cluster, what its name ends in. */
  readonly id: string
  /** Full name of the program. */
  readonly transformation: string
  /** Profiles of the job itself; those of the catalogs join when a site is chosen. */
  readonly profiles: Profiles
  readonly inputs: ReadonlyMap<string, PlanFile>
  readonly outputs: ReadonlyMap<string, PlanFile>
  /** Chosen by the site selector. */
  readonly site?: string
  /** Whose scratch folder holds its files. */
  readonly staging?: string
  readonly configuration?: DataConfiguration
  /** Jobs that it runs one after the other. */
  readonly members?: readonly string[]
}

export type JobKind =
  | "compute"
  | "workflow"
  | "stage-in"
  | "stage-inter"
  | "stage-out"
  | "register"
  | "create-dir"
  | "remove-dir"
  | "clean-up"
  | "chmod"
  | "stage-worker"
  | "untar"

/** A file as a job sees it. */
export interface PlanFile {
  readonly lfn: string
  /** The user wants it where outputs are delivered. */
  readonly transfer: boolean
  readonly register: boolean
  readonly optional: boolean
  readonly executable: boolean
  readonly bypass: boolean
  /** Known without a replica catalog: of programs and images. */
  readonly source?: { readonly site: string; readonly pfn: string }
}

/** A job of the workflow itself, and not one that the planner has added. */
export function isOwnJob({ kind }: PlanJob): boolean {
  return kind === "compute" || kind === "workflow"
}

/** `namespace::name:version` as it is part of file names: `namespace-name-version`, dots as underscores. */
export function stagedName(transformation: string): string {
  return transformation
    .replace("::", "-")
    .replace(/:([^:]*)$/, "-$1")
    .replaceAll(".", "_")
}
