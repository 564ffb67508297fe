import { countsAsTrue, isJsonArray, isJsonObject, memberOf, showJson } from "../json/json-kind.ts"
import type { JsonObject, JsonValue } from "../json/json-value.ts"
import type { ConfigItem, GearManifest } from "../manifest/gear-manifest.ts"
import { StepBudget } from "../pattern/step-budget.ts"
import type { SchemaViolation } from "../schema/schema-violation.ts"
import { validateDraft04 } from "../schema/validate-draft-04.ts"
import { faultAt, type InvocationFault } from "./invocation-fault.ts"
import { unknownName } from "./unknown-name.ts"

/** The user's values over the manifest's defaults, in the order of the manifest, then what the manifest does not know. */
export function fillDefaults(manifest: GearManifest, config: JsonObject): JsonObject {
  const filled: [string, JsonValue][] = []
  for (const [name, item] of Object.entries(manifest.config)) {
    // A null that was given is a value, and does not ask for the default.
    const value = Object.hasOwn(config, name) ? config[name] : memberOf(item, "default")
    if (value !== undefined) filled.push([name, value])
  }
  const unknown = Object.entries(config).filter(([name]) => !Object.hasOwn(manifest.config, name))
  return Object.fromEntries([...filled, ...unknown])
}

/** Holds the config against the manifest, with the defaults filled in. */
export function checkConfig(manifest: GearManifest, config: JsonObject): readonly InvocationFault[] {
  const budget = new StepBudget()
  const faults: InvocationFault[] = []
  for (const name of Object.keys(config)) {
    if (!Object.hasOwn(manifest.config, name)) faults.push(unknownName(manifest, "config", name))
  }
  for (const [name, item] of Object.entries(manifest.config)) {
    const isDefault = !Object.hasOwn(config, name)
    const value = isDefault ? memberOf(item, "default") : config[name]
    if (value === undefined) {
      if (!countsAsTrue(memberOf(item, "optional") ?? false)) faults.push(missingFault(name, item))
    } else if (isJsonObject(value)) faults.push(objectFault(name))
    else faults.push(...valueFaults({ name, item, value, isDefault }, budget))
  }
  return faults
}

function missingFault(name: string, item: ConfigItem): InvocationFault {
  return faultAt(["config", name], {
    keyword: "required",
    problem: `config "${name}" has no value, and no default`,
    fix: `Set it to ${wantedValue(item)}`,
  })
}

function objectFault(name: string): InvocationFault {
  return faultAt(["config", name], {
    keyword: "object",
    problem: `config "${name}" is an object, which has no place in the gear's environment`,
    fix: "Give a text, a number, true or false, or a list",
  })
}

interface ConfigValue {
  readonly name: string
  readonly item: ConfigItem
  readonly value: JsonValue
  readonly isDefault: boolean
}

function valueFaults(config: ConfigValue, budget: StepBudget): readonly InvocationFault[] {
  const { name, item, value, isDefault } = config
  // A value of the wrong type is in no enum and within no bounds either: that is told once.
  const violations = validateDraft04(item, value, { budget })
  const types = violations.filter(({ keyword }) => keyword === "type")
  return (types.length > 0 ? types : violations).map((violation) => {
    const { path, keyword, problem, culprit } = violation
    const part =
      path.length === 0 ? "" : `, item ${path.map((step) => (typeof step === "number" ? step + 1 : step)).join("/")}`
    return faultAt(["config", name, ...path], {
      keyword,
      problem: `config "${name}"${part}: ${problem}${isDefault ? ", by the gear's own default" : ""}`,
      fix: culprit === "schema" ? "Ask the author of the gear to mend its manifest" : valueFix(violation, config),
    })
  })
}

function valueFix(violation: SchemaViolation, { item, value, isDefault }: ConfigValue): string {
  if (value === null && !isDefault) return "Leave it out"
  return violation.path.length > 0 ? "Mend the item" : `Set it to ${wantedValue(item)}`
}

/**
 * Says in words what a config value has to be.
 *
 * @example
 *   wantedValue({ type: "integer", minimum: 1, maximum: 3 }) // => "an integer from 1 to 3"
 */
export function wantedValue(item: ConfigItem): string {
  const choices = memberOf(item, "enum")
  if (isJsonArray(choices))
    return choices.length === 1
      ? choices.map(showJson).join()
      : `one of ${choices.slice(0, 12).map(showJson).join(", ")}`
  const type = memberOf(item, "type")
  const words = typeof type === "string" && Object.hasOwn(TYPE_WORDS, type) ? TYPE_WORDS[type] : "a value"
  return `${words}${boundsOf(item)}`
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  array: "a list",
  boolean: "true or false",
  integer: "an integer",
  number: "a number",
  string: "a text",
}

function boundsOf(item: ConfigItem): string {
  const low = memberOf(item, "minimum")
  const high = memberOf(item, "maximum")
  const pattern = memberOf(item, "pattern")
  const lowWord = memberOf(item, "exclusiveMinimum") === true ? "more than " : "at least "
  const highWord = memberOf(item, "exclusiveMaximum") === true ? "less than " : "at most "
  if (typeof low === "number" && typeof high === "number" && lowWord === "at least " && highWord === "at most ") {
    return ` from ${low} to ${high}`
  }
  const parts = [
    typeof low === "number" ? `${lowWord}${low}` : "",
    typeof high === "number" ? `${highWord}${high}` : "",
    typeof pattern === "string" ? `that matches ${pattern}` : "",
  ].filter((part) => part !== "")
  return parts.length === 0 ? "" : ` ${parts.join(" and ")}`
}
