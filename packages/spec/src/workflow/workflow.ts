import type { WrittenResources } from "../additions/gear-additions.ts"
import type { JsonValue } from "../json/json-value.ts"
import type { StepCondition } from "./step-condition.ts"

/**
 * A graph of gears, as `workflow.yaml` says it: data from end to end. What runs and what is reused is decided when it is planned.
 *
 * @see docs/spec/workflow.md
 */
export interface Workflow {
  /** Version of the format. */
  readonly workflow: 1
  /** Letters, digits, `-`, `_` and `.`. */
  readonly name: string
  readonly description?: string
  readonly parameters?: Readonly<Record<string, WorkflowParameter>>
  readonly inputs?: Readonly<Record<string, WorkflowInput>>
  readonly steps: Readonly<Record<string, WorkflowStep>>
  /** What the whole gives: these files are delivered, and no clean-up takes them. */
  readonly outputs?: Readonly<Record<string, FileSource>>
  /** What holds for each step that does not say it itself. */
  readonly defaults?: StepPolicy
  /** What may run at one time, over all steps. Absent: what the machine has. */
  readonly limits?: WorkflowLimits
}

/** A value that whoever runs the workflow may set. Without a default it has to be set. */
export interface WorkflowParameter {
  readonly type: "string" | "integer" | "number" | "boolean" | "list"
  readonly default?: JsonValue
  readonly enum?: readonly JsonValue[]
  readonly minimum?: number
  readonly maximum?: number
  readonly description?: string
}

/** Files that whoever runs the workflow gives. */
export interface WorkflowInput {
  /** Default: one file. A folder gives its files by their paths in it. */
  readonly takes?: "file" | "files" | "folder"
  /** File type by name, such as `nifti`. */
  readonly type?: string
  readonly optional?: boolean
  /** Path of what is taken where nothing is given, from the folder of the workflow. */
  readonly default?: string
  readonly description?: string
}

export type WorkflowStep = GearStep | SubWorkflowStep

/** One gear, run once, or once for each item of its scatter. */
export interface GearStep extends StepBase {
  /** Reference, id, or a path that begins with `./` or `/`. */
  readonly gear: string
  /** Values of the gear's config. Text and numbers as they are, or where they come from. */
  readonly config?: Readonly<Record<string, ConfigSource>>
  /** What the user grants. The gear gets it if its manifest asks for it, too. */
  readonly network?: "outbound"
  /** Exit codes besides 0 that are no failure: what the gear wrote counts. */
  readonly acceptExitCodes?: readonly number[]
}

/** Another workflow as one step; its outputs are the step's. */
export interface SubWorkflowStep extends StepBase {
  /** Path of its file, from the folder of this one. */
  readonly workflow: string
  readonly parameters?: Readonly<Record<string, ConfigSource>>
}

interface StepBase extends StepPolicy {
  readonly description?: string
  readonly inputs?: Readonly<Record<string, InputSource>>
  readonly scatter?: Scatter
  /** The step, or an item of its scatter, runs only where this holds. What reads from one that does not run is left out, too. */
  readonly when?: StepCondition
  /** Steps that have to be done before, though nothing of theirs is read. */
  readonly after?: readonly string[]
}

/** What a step asks for, and what is done when it fails. */
export interface StepPolicy {
  readonly resources?: WrittenResources
  readonly retry?: Retry
  /** Among those that are ready, higher comes first. Default 0. */
  readonly priority?: number
  /** Steps of one category share its limit. */
  readonly category?: string
  /** `never`: run it each time, though nothing changed. */
  readonly reuse?: "never"
  /** Its outputs stay, whatever the policy of the clean-up. */
  readonly keep?: boolean
}

export interface Retry {
  /** Tries in all, the first counted. */
  readonly attempts: number
  /** What is worth another try. Default: all but what the gear's own exit code says (`exit`). */
  readonly on?: readonly RetryCause[]
  /** By what is asked grows with each try, where that was what the last one lacked. */
  readonly grow?: { readonly memory?: number; readonly time?: number; readonly disk?: number }
}

export type RetryCause = "memory" | "time" | "disk" | "machine" | "exit"

export interface WorkflowLimits {
  readonly jobs?: number
  readonly cpus?: number
  /** As people write it, such as `8g`. */
  readonly memory?: string
  /** By category: how many jobs of it run at one time. */
  readonly categories?: Readonly<Record<string, number>>
}

/** A step is run for each item; what it gives is a list in the order of the items. */
export interface Scatter {
  readonly over: Readonly<Record<string, ScatterSource>>
  /** `zip`: the first with the first; `cross`: each with each, the last name turning fastest. Has to be said where there are two lists or more. */
  readonly by?: "zip" | "cross"
}

/** Values as a list, or from a parameter of type list; or the files of a source, those that fit a glob where there is one. */
export type ScatterSource = readonly JsonValue[] | (FileSource & { readonly glob?: string })

/**
 * Where a value comes from: `inputs.NAME`, `parameters.NAME`, `steps.STEP.OUTPUT`, `steps.STEP` with `files`, or, in a scatter,
 * `each.NAME` (the item) and `each.NAME.1` (what the first group of its glob caught).
 */
export interface FileSource {
  readonly from: string
  /** Of the files that it gives, those whose path fits this pattern. */
  readonly files?: string
}

/** A file, several, or the list of several sources one after the other; a context input's value is `{ value: … }`. */
export type InputSource = FileSource | readonly FileSource[] | { readonly file: string } | { readonly value: JsonValue }

/** A value of the config: as it is; from somewhere; or a text with `${each.NAME}` or `${parameters.NAME}` in it. */
export type ConfigSource = JsonValue | { readonly from: string } | { readonly text: string }
