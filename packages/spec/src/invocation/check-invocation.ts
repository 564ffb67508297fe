import type { JsonObject } from "../json/json-value.ts"
import { unfitJson } from "../json/unfit-json.ts"
import type { GearManifest } from "../manifest/gear-manifest.ts"
import { checkConfig, fillDefaults } from "./check-config.ts"
import { checkInputs } from "./check-inputs.ts"
import { faultAt, type InvocationFault, invocationError } from "./invocation-fault.ts"

/** What somebody wants to run a gear with. */
export interface InvocationRequest {
  /** Only the values that were set. */
  readonly config: JsonObject
  /**
   * Only the inputs that are given, by name. A file: its description with its `name`, and `type`, `size` and more where they are known.
   * A context: `{"base": "context", "found": …}`. An API key: any object; the key itself need not be in it.
   */
  readonly inputs: Readonly<Record<string, JsonObject>>
}

/**
 * Holds what a user gives against what a gear declares, and answers the config to run with: the user's values over the defaults.
 *
 * Beyond the derived invocation schema, names that the gear does not know are refused, required inputs have to be there, and a file whose type is
 * not known does not pass for one of a certain type.
 *
 * @throws {GeartrainError} INVOCATION_INVALID with all that is wrong, each with its cure.
 */
export function checkInvocation(manifest: GearManifest, request: InvocationRequest): JsonObject {
  const faults = findInvocationFaults(manifest, request)
  if (faults.length > 0) throw invocationError(manifest, faults)
  return fillDefaults(manifest, request.config)
}

/** All that is wrong with a request; none when the gear can be run with it. */
export function findInvocationFaults(manifest: GearManifest, request: InvocationRequest): readonly InvocationFault[] {
  const unfit = [...unfitFaults("config", request.config), ...unfitFaults("inputs", request.inputs)]
  // The rules are not asked about what cannot be recorded: they would go as deep as it is.
  return unfit.length > 0 ? unfit : [...checkConfig(manifest, request.config), ...checkInputs(manifest, request.inputs)]
}

function unfitFaults(kind: "config" | "inputs", values: JsonObject): readonly InvocationFault[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const problem = unfitJson(name) ?? unfitJson(value)
    if (problem === undefined) return []
    const what = `${kind === "config" ? "config" : "input"} ${JSON.stringify(name)}`
    return [faultAt([kind, name], { keyword: "unfit", problem: `${what} ${problem}`, fix: "Give another value" })]
  })
}
