import type { JobHistory } from "@geartrain/ports"
import type { Digest, Gear, JobId, JsonObject } from "@geartrain/spec"
import type { KnownFile, Workflow, WorkflowPlan } from "@geartrain/spec/workflow"
import type { WorkflowJobs } from "../workflow-jobs.ts"

/** A workflow that was checked as a whole. */
export interface WorkflowToPlan {
  readonly file?: string
  /** Of all its documents. */
  readonly digest: Digest
  /** With all sub-workflows, by the path of their step; the whole itself under the empty path. */
  readonly documents: ReadonlyMap<string, { readonly folder: string; readonly workflow: Workflow }>
  /** By the path of the step. */
  readonly gears: ReadonlyMap<string, Gear>
}

/** What somebody wants to have planned. */
export interface PlanRequest {
  readonly workflow: WorkflowToPlan
  /** All of them, defaults included. */
  readonly parameters: JsonObject
  /** Files of the workflow's inputs. One that was not given is not there. */
  readonly inputs: Readonly<Record<string, readonly KnownFile[]>>
  /** Files that the documents themselves name: see `namedFiles`. */
  readonly files: Readonly<Record<string, readonly KnownFile[]>>
  readonly options: WorkflowPlan["options"]
  /** Where only the results of an earlier run or plan may be reused: its jobs. */
  readonly reusable?: ReadonlySet<JobId>
  /** Version of the program. */
  readonly engine: string
}

/** What planning asks of others. */
export interface PlanMeans {
  readonly jobs: Pick<WorkflowJobs, "invocationOf" | "findSame" | "presence">
  readonly history: Pick<JobHistory, "newest" | "figures">
}
