import { wantedValue } from "../../invocation/check-config.ts"
import { isJsonArray, showJson } from "../../json/json-kind.ts"
import type { JsonObject, JsonValue } from "../../json/json-value.ts"
import { validateDraft04 } from "../../schema/validate-draft-04.ts"
import type { WorkflowParameter } from "../workflow.ts"

/**
 * Tells what is wrong with a value for a parameter, as part of a sentence; undefined for one that fits. Of a list, `enum` and the bounds are
 * about each item.
 *
 * @example
 *   parameterProblem({ type: "integer", minimum: 1 }, 0) // => "found 0, wanted an integer at least 1"
 */
export function parameterProblem(parameter: WorkflowParameter, value: JsonValue): string | undefined {
  const fits = validateDraft04(parameterItem(parameter), value).length === 0
  return fits ? undefined : `found ${showJson(value)}, wanted ${wantedOf(parameter)}`
}

/** The parameter as a gear's manifest would declare it: a schema of draft 4. */
export function parameterItem(parameter: WorkflowParameter): JsonObject {
  const { type } = parameter
  const rules: JsonObject = {
    ...(parameter.enum === undefined ? {} : { enum: parameter.enum }),
    ...(parameter.minimum === undefined ? {} : { minimum: parameter.minimum }),
    ...(parameter.maximum === undefined ? {} : { maximum: parameter.maximum }),
  }
  return type === "list" ? { type: "array", items: rules } : { type, ...rules }
}

/** What a parameter takes, in words. */
export function wantedOf(parameter: WorkflowParameter): string {
  const item = parameterItem(parameter)
  if (parameter.type !== "list") return wantedValue(item)
  const of = item["items"] as JsonObject
  if (isJsonArray(of["enum"])) return `a list of ${wantedValue(of).replace(/^one of /, "")}`
  return Object.keys(of).length === 0 ? "a list" : `a list, each item ${wantedValue(of).replace(/^a value /, "")}`
}
