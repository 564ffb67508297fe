import type { JsonObject } from "@geartrain/spec"

/** What a step looks like from outside: what it takes and gives, whether it is a gear or a workflow. */
export interface StepFace {
  /** For messages: `gear "align"`. */
  readonly what: string
  readonly inputs: ReadonlyMap<string, InputFace>
  /** Undefined where it does not say what it gives. */
  readonly outputs: ReadonlyMap<string, OutputFace> | undefined
  /** What its config, or its parameters, are called. */
  readonly values: "config" | "parameters"
  /** Schemas of draft 4. */
  readonly items: ReadonlyMap<string, JsonObject>
  /** Faults of values that are known: those of the items that are set, and of those that are not and have to be. */
  readonly valueFaults: (values: JsonObject) => readonly ValueFault[]
}

export interface InputFace {
  readonly takes: "file" | "files" | "folder" | "context" | "key"
  readonly isRequired: boolean
  /** Whether it takes a file of this type. */
  readonly fitsType: (type: string) => boolean
  /** For messages: `"fastq"`; undefined where any will do. */
  readonly wantedType: string | undefined
}

export interface OutputFace {
  /** `some`: it is not known how many. */
  readonly count: FileCount
  /** Each file is of one of these; undefined where it is not known. */
  readonly types: readonly string[] | undefined
}

export type FileCount = "one" | "some" | "several"

export interface ValueFault {
  readonly name: string
  /** Where in the value. */
  readonly path: readonly (string | number)[]
  readonly isMissing: boolean
  readonly problem: string
  readonly fix: string
}
