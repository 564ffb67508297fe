import type { Digest, Gear } from "@geartrain/spec"
import type { Workflow } from "@geartrain/spec/workflow"

/** One document of a workflow: the whole, or a sub-workflow. */
export interface WorkflowDocument {
  /** Path of the step that it stands for, `qc/inner`; the empty text for the whole. */
  readonly path: string
  /** As it was named, from where the program runs. */
  readonly file: string
  /** What paths in it go from. */
  readonly folder: string
  readonly workflow: Workflow
}

/** A workflow with all that it stands on, of which nothing is wrong that can be known before it is run. */
export interface CheckedWorkflow<Found = Gear> {
  readonly file: string
  /** Of all documents, by their content alone: comments and places do not count. */
  readonly digest: Digest
  /** With all sub-workflows, by the path of their step; the whole itself under the empty path. */
  readonly documents: ReadonlyMap<string, WorkflowDocument>
  /** By the path of the step. */
  readonly gears: ReadonlyMap<string, Found>
}

/** One fault, where an editor finds it. */
export interface PlacedFault {
  readonly file: string
  /** From 1, both. */
  readonly line: number
  readonly column: number
  /** As a JSON pointer. */
  readonly where: string
  readonly problem: string
  readonly fix: string
}
