import { GeartrainError } from "../../errors/geartrain-error.ts"
import { parseSettingValue } from "../../invocation/parse-setting.ts"
import { showJson } from "../../json/json-kind.ts"
import type { JsonObject, JsonValue } from "../../json/json-value.ts"
import { unfitJson } from "../../json/unfit-json.ts"
import { unknownFault } from "../check/workflow-fault.ts"
import type { Workflow } from "../workflow.ts"
import { parameterItem, parameterProblem, wantedOf } from "./parameter-problem.ts"

/**
 * Fills the parameters of a workflow: what is given, and for the rest the defaults, in the order of the document.
 *
 * @throws {GeartrainError} WORKFLOW_PARAMETERS_INVALID with all that is wrong: names that are not known, values that do not fit, parameters that
 *   have to be set and are not.
 * @example
 *   readParameters({ name: "w", parameters: { k: { type: "integer", default: 3 }, mode: { type: "string" } } }, { mode: "fast" })
 *   // => { k: 3, mode: "fast" }
 */
export function readParameters(workflow: Pick<Workflow, "name" | "parameters">, given: JsonObject): JsonObject {
  const { values, problems } = fill(workflow, given)
  if (problems.length > 0) throw parametersError(workflow, problems)
  return values
}

/**
 * As `readParameters`, of `name=value` texts from a command line: each text becomes what its parameter is. A boolean may be named alone, a list is
 * `1,2,3` or JSON. Of a name that is given twice the last counts.
 *
 * @throws {GeartrainError} WORKFLOW_PARAMETERS_INVALID.
 * @example
 *   readParameterTexts({ name: "w", parameters: { k: { type: "list" } } }, ["k=1,2"]) // => { k: [1, 2] }
 */
export function readParameterTexts(
  workflow: Pick<Workflow, "name" | "parameters">,
  texts: readonly string[],
): JsonObject {
  const given: Record<string, JsonValue> = {}
  const problems: string[] = []
  const failed = new Set<string>()
  for (const text of texts) {
    const read = readOne(workflow, text)
    if (read.problem === undefined) given[read.name] = read.value
    else {
      failed.add(read.name)
      problems.push(read.problem)
    }
  }
  const filled = fill(workflow, given, failed)
  const all = [...problems, ...filled.problems]
  if (all.length > 0) throw parametersError(workflow, all)
  return filled.values
}

type ReadText =
  | { readonly name: string; readonly value: JsonValue; readonly problem?: undefined }
  | { readonly name: string; readonly problem: string }

function readOne({ parameters = {} }: Pick<Workflow, "parameters">, text: string): ReadText {
  const equals = text.indexOf("=")
  const name = equals === -1 ? text : text.slice(0, equals)
  const parameter = Object.hasOwn(parameters, name) ? parameters[name] : undefined
  if (parameter === undefined) return { name, problem: unknownProblem(name, parameters) }
  if (equals === -1) {
    if (parameter.type === "boolean") return { name, value: true }
    return { name, problem: `parameter "${name}" is named without a value: write ${name}=VALUE` }
  }
  const value = text.slice(equals + 1)
  const result = parseSettingValue(name, parameterItem(parameter), value)
  if (result.ok) return { name, value: result.value }
  return { name, problem: `parameter "${name}": found ${showJson(value)}, wanted ${wantedOf(parameter)}` }
}

function fill(
  { parameters = {} }: Pick<Workflow, "parameters">,
  given: JsonObject,
  failed: ReadonlySet<string> = new Set(),
): { readonly values: JsonObject; readonly problems: readonly string[] } {
  const values: [string, JsonValue][] = []
  const problems: string[] = []
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(parameters, name)) problems.push(unknownProblem(name, parameters))
  }
  for (const [name, parameter] of Object.entries(parameters)) {
    const value = Object.hasOwn(given, name) ? given[name] : parameter.default
    if (value === undefined) {
      if (!failed.has(name)) problems.push(`parameter "${name}" has no default: set it to ${wantedOf(parameter)}`)
      continue
    }
    const unfit = unfitJson(value)
    const problem = unfit === undefined ? parameterProblem(parameter, value) : `it ${unfit}`
    if (problem === undefined) values.push([name, value])
    else problems.push(`parameter "${name}": ${problem}`)
  }
  return { values: Object.fromEntries(values), problems }
}

function unknownProblem(name: string, parameters: JsonObject | NonNullable<Workflow["parameters"]>): string {
  const { problem, fix } = unknownFault([], "parameter", { name, known: Object.keys(parameters) })
  return `${problem}: ${fix.charAt(0).toLowerCase()}${fix.slice(1)}`
}

const MOST_SHOWN = 20

function parametersError({ name }: Pick<Workflow, "name">, problems: readonly string[]): GeartrainError {
  const shown = problems.slice(0, MOST_SHOWN)
  const more = problems.length > shown.length ? [`… and ${problems.length - shown.length} more`] : []
  const message =
    problems.length === 1
      ? `Cannot run workflow "${name}": ${problems[0]}`
      : [
          `Cannot run workflow "${name}": ${problems.length} things are wrong with its parameters`,
          ...[...shown, ...more].map((line) => `  ${line}`),
        ].join("\n")
  return new GeartrainError("WORKFLOW_PARAMETERS_INVALID", message, {
    details: { workflow: name, problems: [...shown] },
    hint: "Set a parameter with --set NAME=VALUE",
  })
}
