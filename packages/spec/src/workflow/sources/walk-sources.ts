import { isJsonObject } from "../../json/json-kind.ts"
import type { JsonPath } from "../../json/json-path.ts"
import type { JsonValue } from "../../json/json-value.ts"
import type { StepCondition } from "../step-condition.ts"
import type { ConfigSource, FileSource, InputSource, ScatterSource, WorkflowStep } from "../workflow.ts"
import { readText } from "./read-text.ts"

/** A place of a step that names where something comes from. */
export interface FoundSource {
  readonly from: string
  /** From the step. */
  readonly path: JsonPath
  readonly of: /** Files for an input. */
    | "input"
    /** A value for the config, or for a parameter of a sub-workflow. */
    | "value"
    /** A part of a text. */
    | "text"
    /** Items of a scatter. */
    | "scatter"
    /** A value that a condition compares. */
    | "condition"
    /** Files that a condition looks for. */
    | "exists"
  /** Picks of the files. */
  readonly files?: string
  readonly glob?: string
}

/** Everything that a step reads, in the order in which it stands there. */
export function stepSources(step: WorkflowStep): readonly FoundSource[] {
  const values = "gear" in step ? step.config : step.parameters
  const group = "gear" in step ? "config" : "parameters"
  return [
    ...Object.entries(step.scatter?.over ?? {}).flatMap(([name, source]) => scatterSource(name, source)),
    ...Object.entries(step.inputs ?? {}).flatMap(([name, source]) => inputSources(["inputs", name], source)),
    ...Object.entries(values ?? {}).flatMap(([name, source]) => valueSources([group, name], source)),
    ...(step.when === undefined ? [] : conditionSources(["when"], step.when)),
  ]
}

function scatterSource(name: string, source: ScatterSource): readonly FoundSource[] {
  return isFileSource(source) ? [{ ...source, path: ["scatter", "over", name, "from"], of: "scatter" }] : []
}

function inputSources(path: JsonPath, source: InputSource): readonly FoundSource[] {
  if (Array.isArray(source)) {
    return source.flatMap((part: FileSource, index) => inputSources([...path, index], part))
  }
  return isFileSource(source) ? [{ ...source, path: [...path, "from"], of: "input" }] : []
}

function valueSources(path: JsonPath, source: ConfigSource): readonly FoundSource[] {
  if (isFromValue(source)) return [{ from: source.from, path: [...path, "from"], of: "value" }]
  if (!isTextValue(source)) return []
  const parts = readText(source.text) ?? []
  return parts.flatMap((part) =>
    typeof part === "string" ? [] : [{ from: part.from, path: [...path, "text"], of: "text" } as const],
  )
}

function conditionSources(path: JsonPath, condition: StepCondition): readonly FoundSource[] {
  if ("all" in condition) {
    return condition.all.flatMap((part, index) => conditionSources([...path, "all", index], part))
  }
  if ("any" in condition) {
    return condition.any.flatMap((part, index) => conditionSources([...path, "any", index], part))
  }
  if ("not" in condition) return conditionSources([...path, "not"], condition.not)
  if ("exists" in condition) return [{ from: condition.exists, path: [...path, "exists"], of: "exists" }]
  return [{ from: condition.value, path: [...path, "value"], of: "condition" }]
}

/** Files that come from somewhere in the workflow. */
export function isFileSource(source: unknown): source is FileSource & { readonly glob?: string } {
  return isJsonObject(source as JsonValue) && Object.hasOwn(source as object, "from")
}

/** A value that comes from somewhere in the workflow: an object of just `from`. */
export function isFromValue(source: ConfigSource): source is { readonly from: string } {
  return isOnly(source, "from")
}

/** A text with values in it: an object of just `text`. */
export function isTextValue(source: ConfigSource): source is { readonly text: string } {
  return isOnly(source, "text")
}

function isOnly(source: ConfigSource, name: string): boolean {
  if (!isJsonObject(source as JsonValue)) return false
  const members = Object.entries(source as object)
  return members.length === 1 && members[0]?.[0] === name && typeof members[0][1] === "string"
}
