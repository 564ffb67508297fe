import type { JobId, JobRecord } from "@geartrain/spec"
import type { KnownFile } from "@geartrain/spec/workflow"
import type { PlanningJobs } from "../../../compose/workflows/planning-jobs.ts"
import type { WorkflowMeans } from "../../../compose/workflows/run-workflow.ts"
import type { RunServer } from "../../../workflows/run/fold-run.ts"
import type { StoredRun } from "../../../workflows/run/run-folder.ts"
import type { LogTail } from "../analysis-lines.ts"

/** Reads what became of the jobs of runs. */
export interface RunRecords {
  get(id: JobId): Promise<JobRecord | undefined>
  /** The last lines of its log. */
  tail(id: JobId | undefined): Promise<LogTail>
  /** What to type to look further, the id as it is written for people. */
  commands(id: string): readonly string[]
}

/** What carries out the jobs of a workflow: this machine, or a server's queue. */
export interface Workplace {
  readonly planning: PlanningJobs
  readonly history: WorkflowMeans["history"]
  /** Absent: it is this machine. */
  readonly server?: RunServer
  readonly records: RunRecords
  /** Gears that were looked for, and are not there. */
  missing(): readonly string[]
  open(stored: StoredRun, watch: PlaceWatch): Promise<OpenedPlace>
  close(): Promise<void>
}

export interface PlaceWatch {
  readonly signal: AbortSignal
  readonly force: AbortSignal
  /** Told of what keeps a run waiting, and is no event of it. */
  readonly tell: (says: string) => void
}

/** A workplace for one run. */
export interface OpenedPlace {
  readonly means: WorkflowMeans
  readonly records: RunRecords
  /** Puts the files of the workflow's outputs into a folder. Answers their paths. */
  deliver(
    outputs: Readonly<Record<string, readonly KnownFile[]>>,
    to: { readonly folder: string; readonly force: boolean },
  ): Promise<readonly string[]>
  /** Files the workflow's outputs in the place of the server that the run was told. Answers how many there are; undefined where none was told. */
  file(outputs: Readonly<Record<string, readonly KnownFile[]>>): Promise<number | undefined>
  close(): void
}
