import { type JsonObject, type JsonValue, nearestName } from "@geartrain/spec"
import {
  type ConfigSource,
  isFileSource,
  isFromValue,
  isTextValue,
  readSource,
  type Workflow,
  type WorkflowFault,
  type WorkflowStep,
} from "@geartrain/spec/workflow"
import type { StepFace, ValueFault } from "../faces/step-face.ts"
import type { KnownStep } from "./check-inputs.ts"

/** Holds the config of a step, or the parameters of its sub-workflow, against what they have to be. */
export function findValueFaults({ name, step, face }: KnownStep, workflow: Workflow): readonly WorkflowFault[] {
  const sources = ("gear" in step ? step.config : step.parameters) ?? {}
  const hasGroup = Object.keys(sources).length > 0
  const path = ["steps", name, ...(hasGroup ? [face.values] : [])]
  const known = Object.entries(sources).filter(([key]) => face.items.has(key))
  const literals: JsonObject = Object.fromEntries(
    known.filter(([, source]) => !isFromValue(source) && !isTextValue(source)),
  )
  const faults: WorkflowFault[] = Object.keys(sources)
    .filter((key) => !face.items.has(key))
    .map((key) => unknownValue([...path, key], key, face))
  for (const { name: key, path: within, isMissing, problem, fix } of face.valueFaults(literals)) {
    if (isMissing && Object.hasOwn(sources, key)) continue
    const at = Object.hasOwn(literals, key) ? [...path, key, ...within] : path
    faults.push({ path: at, problem: isMissing ? `${face.what}: ${problem}` : problem, fix })
  }
  for (const [key, source] of known) {
    const at = [...path, key]
    faults.push(...sourceFaults({ key, at, face, known: valuesOf(source, { workflow, step }) }))
  }
  return faults
}

function unknownValue(path: readonly string[], key: string, face: StepFace): WorkflowFault {
  const word = face.values === "config" ? "config value" : "parameter"
  const problem = `${face.what} has no ${word} "${key}"`
  const meant = nearestName(key, face.items.keys())
  if (meant !== undefined) return { path, problem, fix: `Rename it to "${meant}"` }
  if (face.inputs.has(key)) return { path, problem, fix: `Move it to inputs, where there is a "${key}"` }
  const names = [...face.items.keys()].slice(0, 10).map((name) => JSON.stringify(name))
  return { path, problem, fix: `Remove it: it has ${names.length === 0 ? "none" : names.join(", ")}` }
}

/** What is known of a value before anything runs. */
interface KnownValues {
  /** For messages: `parameters.k`. */
  readonly from: string
  /** In words of JSON Schema; undefined where any may come. */
  readonly type: string | undefined
  /** Values that will or may come, each with a word for it. */
  readonly examples: readonly { readonly value: JsonValue; readonly what: string }[]
}

interface Place {
  readonly workflow: Workflow
  readonly step: WorkflowStep
}

function valuesOf(source: ConfigSource, place: Place): KnownValues | undefined {
  if (isTextValue(source)) return { from: source.text, type: "string", examples: [] }
  if (!isFromValue(source)) return undefined
  const named = readSource(source.from)
  if (named?.kind === "parameter") return parameterValues(named.name, source.from, place)
  if (named?.kind !== "each") return undefined
  if (named.group !== undefined) return { from: source.from, type: "string", examples: [] }
  const items = place.step.scatter?.over[named.name]
  if (items === undefined) return undefined
  if (!isFileSource(items)) {
    const examples = items.slice(0, 1000).map((value, index) => ({ value, what: `item ${index + 1} of the scatter` }))
    return { from: source.from, type: undefined, examples }
  }
  const over = readSource(items.from)
  if (over?.kind !== "parameter") return { from: source.from, type: "string", examples: [] }
  const list = ownOf(place.workflow.parameters, over.name)
  const given = [...(list?.enum ?? []), ...(Array.isArray(list?.default) ? (list.default as readonly JsonValue[]) : [])]
  const examples = given.slice(0, 1000).map((value) => ({ value, what: `an item of ${items.from}` }))
  return { from: source.from, type: undefined, examples }
}

function parameterValues(name: string, from: string, { workflow }: Place): KnownValues | undefined {
  const parameter = ownOf(workflow.parameters, name)
  if (parameter === undefined) return undefined
  const examples = [
    ...(parameter.default === undefined ? [] : [{ value: parameter.default, what: "its default" }]),
    ...(parameter.type === "list" ? [] : (parameter.enum ?? []).map((value) => ({ value, what: "one of its enum" }))),
  ]
  return { from, type: parameter.type === "list" ? "array" : parameter.type, examples }
}

interface SourcedValue {
  readonly key: string
  readonly at: readonly (string | number)[]
  readonly face: StepFace
  readonly known: KnownValues | undefined
}

function sourceFaults({ key, at, face, known }: SourcedValue): readonly WorkflowFault[] {
  if (known === undefined) return []
  const types = typesOf(face.items.get(key) ?? {})
  const { type, from } = known
  if (type !== undefined && types.length > 0 && !types.some((wanted) => fits(type, wanted))) {
    const word = face.values === "config" ? "config" : "parameter"
    const problem = `"${from}" is of type ${WORDS[type] ?? type}, and ${word} "${key}" of ${face.what} takes ${types.map((wanted) => WORDS[wanted] ?? wanted).join(" or ")}`
    return [
      {
        path: at,
        problem,
        fix: type === "string" ? "Write { from: … } with a value of that type" : "Change the type of the parameter",
      },
    ]
  }
  for (const { value, what } of known.examples) {
    const [fault] = face.valueFaults({ [key]: value }).filter(({ name, isMissing }) => name === key && !isMissing)
    if (fault !== undefined)
      return [{ path: at, problem: `"${from}", ${what}: ${problemOf(fault)}`, fix: "Let them agree" }]
  }
  return []
}

function problemOf({ problem }: ValueFault): string {
  return problem
}

function fits(type: string, wanted: string): boolean {
  return type === wanted || (type === "integer" && wanted === "number")
}

const WORDS: Readonly<Record<string, string>> = { array: "list", string: "text" }

function typesOf(item: JsonObject): readonly string[] {
  const type: JsonValue | undefined = item["type"]
  return (Array.isArray(type) ? type : [type]).filter((name): name is string => typeof name === "string")
}

function ownOf<Value>(record: Readonly<Record<string, Value>> | undefined, name: string): Value | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined
}
