import type { JsonObject, JsonValue } from "@geartrain/spec"
import { type ConfigSource, isFromValue, isTextValue, readSource, readText } from "@geartrain/spec/workflow"
import type { Items } from "./item.ts"
import type { Scope } from "./scope.ts"

/** Values of a config, or of the parameters of a sub-workflow, for one item of a scatter. */
export function sourceValues(
  sources: Readonly<Record<string, ConfigSource>> | undefined,
  scope: Pick<Scope, "parameters">,
  items: Items,
): JsonObject {
  const values: Record<string, JsonValue> = {}
  for (const [name, source] of Object.entries(sources ?? {})) {
    const value = sourceValue(source, scope, items)
    if (value !== undefined) values[name] = value
  }
  return values
}

/** The value that `parameters.NAME`, `each.NAME` or `each.NAME.1` names; undefined for a parameter that has none. */
export function namedValue(from: string, scope: Pick<Scope, "parameters">, items: Items): JsonValue | undefined {
  const named = readSource(from)
  if (named?.kind === "parameter") return scope.parameters[named.name]
  const item = named?.kind === "each" ? items.get(named.name) : undefined
  if (named?.kind !== "each" || item === undefined) {
    // Only workflows that were checked are planned, so that this is a mistake of the program.
    throw new RangeError(`The workflow was not checked: there is no value "${from}"`)
  }
  return named.group === undefined ? item.name : (item.caught[named.group - 1] ?? "")
}

function sourceValue(source: ConfigSource, scope: Pick<Scope, "parameters">, items: Items): JsonValue | undefined {
  if (isFromValue(source)) return namedValue(source.from, scope, items)
  if (!isTextValue(source)) return source
  return (readText(source.text) ?? [])
    .map((part) => (typeof part === "string" ? part : asText(namedValue(part.from, scope, items))))
    .join("")
}

function asText(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value)
}
