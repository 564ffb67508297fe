import type { JsonObject } from "../json/json-value.ts"
import { configVariable } from "../manifest/config-variable.ts"
import { pythonText } from "./python-text.ts"

/** The environment variables that tell a gear its config. */
export interface ConfigEnvironment {
  readonly variables: Readonly<Record<string, string>>
  /** Variables that two or more config values would have; each has the value of the last one. */
  readonly collisions: readonly { readonly variable: string; readonly names: readonly string[] }[]
  /** Config values that have no variable, since their names hold no letter, digit, space or underscore. */
  readonly unnamed: readonly string[]
  /** Config values that are objects: with one of these a job cannot start. They have no variable. */
  readonly objects: readonly string[]
}

/**
 * Makes the `FW_CONFIG_*` variables of a job from its whole config, defaults included.
 *
 * A boolean is `true` or `false`, a list is Python's text of it, any other scalar is its text.
 *
 * @see Flywheel core v10, the request that an engine is given
 * @example
 *   configEnvironment({ "gear-log-level": "INFO", "n cpus": 2, fast: true }).variables
 *   // => { FW_CONFIG_GEARLOGLEVEL: "INFO", FW_CONFIG_N_CPUS: "2", FW_CONFIG_FAST: "true" }
 */
export function configEnvironment(config: JsonObject): ConfigEnvironment {
  const named = new Map<string, string[]>()
  const variables: Record<string, string> = {}
  const unnamed: string[] = []
  const objects: string[] = []
  for (const [name, value] of Object.entries(config)) {
    const variable = configVariable(name)
    if (variable === undefined) unnamed.push(name)
    else if (typeof value === "object" && value !== null && !Array.isArray(value)) objects.push(name)
    else {
      variables[variable] = typeof value === "boolean" ? String(value) : pythonText(value)
      named.set(variable, [...(named.get(variable) ?? []), name])
    }
  }
  const collisions = [...named]
    .filter(([, names]) => names.length > 1)
    .map(([variable, names]) => ({ variable, names }))
  return { variables, collisions, unnamed, objects }
}
