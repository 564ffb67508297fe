import type { JsonObject, JsonValue } from "@geartrain/spec"
import type {
  GearStep,
  InputSource,
  StepCondition,
  SubWorkflowStep,
  WorkflowInput,
  WorkflowParameter,
} from "@geartrain/spec/workflow"
import type { ManifestShape } from "../gear/manifest-types.ts"

declare const FILES: unique symbol
declare const VALUE: unique symbol

/** Files from somewhere in a workflow: what inputs of steps are given. It is plain data, as `workflow.yaml` has it. */
export interface FilesFrom {
  readonly from: string
  readonly files?: string
  readonly [FILES]?: true
}

/** A value from somewhere in a workflow: what the config of steps is given. */
export interface ValueFrom<Value = JsonValue> {
  readonly from: string
  readonly [VALUE]?: Value
}

/** What a parameter's values are, by its type. */
export interface ParameterValues {
  readonly string: string
  readonly integer: number
  readonly number: number
  readonly boolean: boolean
  readonly list: readonly JsonValue[]
}

export type ParameterOf<Type extends keyof ParameterValues> = Omit<WorkflowParameter, "type" | "default"> & {
  readonly type: Type
  readonly default?: ParameterValues[Type]
}

/** As in the document. */
export type InputOptions = WorkflowInput

/** One thing that a scatter goes over: files, those of them that fit a glob, a parameter that is a list, or values. */
export type Items =
  | FilesFrom
  | (FilesFrom & { readonly glob: string })
  | ValueFrom<readonly JsonValue[]>
  | readonly JsonValue[]

/** What an item of a scatter is within the step. */
export type ItemOf<Over> = Over extends readonly (infer Value extends JsonValue)[]
  ? ValueFrom<Value>
  : Over extends { readonly [VALUE]?: readonly JsonValue[] }
    ? Over extends { readonly [FILES]?: true }
      ? FilesFrom & ValueFrom<string>
      : ValueFrom
    : FilesFrom & ValueFrom<string>

export type Each<Over extends Readonly<Record<string, Items>>> = { readonly [Name in keyof Over]: ItemOf<Over[Name]> }

/** What a config value may be: itself, from somewhere, or a text with values in it. */
export type ConfigValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | ValueFrom
  | { readonly text: string }

type StepRest<Step> = Omit<
  Step,
  "gear" | "workflow" | "inputs" | "config" | "parameters" | "scatter" | "after" | "when"
>

interface StepLinks {
  readonly when?: StepCondition
  /** Steps that have to be done before, though nothing of theirs is read. */
  readonly after?: readonly StepRef[]
}

/** A gear as a step. */
export interface GearStepOptions<Manifest extends ManifestShape> extends StepRest<GearStep>, StepLinks {
  /** Reference, id, or a path that begins with `./` or `/`. */
  readonly gear: string
  /** The gear's manifest, `as const`: then names of inputs, config and outputs are held against it as you write. */
  readonly manifest?: Manifest
  readonly inputs?: { readonly [Name in keyof Manifest["inputs"]]?: FilesFrom | InputSource }
  readonly config?: { readonly [Name in keyof Manifest["config"]]?: ConfigValue }
}

/** Another workflow as a step. */
export interface SubWorkflowStepOptions extends StepRest<SubWorkflowStep>, StepLinks {
  readonly workflow: string
  readonly inputs?: Readonly<Record<string, FilesFrom | InputSource>>
  readonly parameters?: Readonly<Record<string, ConfigValue>>
}

/** A step, for those that read of it. */
export interface StepRef<Output extends string = string> {
  readonly name: string
  /** An output that its gear declares. Of a scattered step: that of all items, in their order. */
  output(name: Output): FilesFrom
  /** What it gives whose path fits a pattern. */
  files(pattern: string): FilesFrom
}

/** Names of the outputs that a manifest declares; any where it declares none. */
export type OutputOf<Manifest> = Manifest extends {
  readonly custom: { readonly geartrain: { readonly outputs: infer Outputs extends object } }
}
  ? string & keyof Outputs
  : string

/** A manifest of which nothing is known before run time. */
export type AnyManifest = {
  readonly config: Readonly<Record<string, JsonObject>>
  readonly inputs: Readonly<Record<string, JsonObject>>
}
