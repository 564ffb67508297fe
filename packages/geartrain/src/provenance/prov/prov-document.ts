import type { JsonObject, JsonValue } from "@geartrain/spec"

/** A PROV-JSON document: what is, what happened and who acted, and how they hang together; each by its name. */
export interface ProvDocument {
  readonly prefix: Readonly<Record<string, string>>
  readonly entity: Readonly<Record<string, JsonObject>>
  readonly activity: Readonly<Record<string, JsonObject>>
  readonly agent: Readonly<Record<string, JsonObject>>
  readonly used: Readonly<Record<string, JsonObject>>
  readonly wasGeneratedBy: Readonly<Record<string, JsonObject>>
  readonly wasAssociatedWith: Readonly<Record<string, JsonObject>>
}

/** A value with its XML Schema type, as PROV-JSON writes what is no plain text. */
export function typed(value: JsonValue, type: string): JsonObject {
  return { $: String(value), type }
}
