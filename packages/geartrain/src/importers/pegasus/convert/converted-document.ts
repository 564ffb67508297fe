import type { Workflow } from "@geartrain/spec/workflow"
import type { CheckedFile, OutsideFile } from "./outside-files.ts"

/** A file that a document gives, as one of its outputs. */
export interface GivenFile {
  readonly name: string
  /** It is delivered, and not only for the workflow around. */
  readonly isWanted: boolean
}

/** A workflow, or one that is a job of another, as a file of its own. */
export interface ConvertedDocument {
  /** Name without its ending. */
  readonly file: string
  /** The file of Pegasus' that it was. */
  readonly from: string
  readonly workflow: Workflow
  /** What it reads of what is around it, by logical name. */
  readonly inputs: ReadonlyMap<string, OutsideFile>
  /** What it gives, by logical name. */
  readonly outputs: ReadonlyMap<string, GivenFile>
  readonly checks: readonly CheckedFile[]
}
