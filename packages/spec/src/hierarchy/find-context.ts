import { isJsonObject, memberOf } from "../json/json-kind.ts"
import type { JsonValue } from "../json/json-value.ts"
import type { Place } from "./hierarchy.ts"

/** A value of a context, and the place that has it. */
export interface FoundContext {
  readonly value: JsonValue
  readonly place: Place
}

/**
 * Looks for the value of a context input: `info.context.<name>` of the nearest place that has it, from the destination upwards.
 *
 * @param line  As `placesUpwards` answers.
 * @see Flywheel Gear Spec 0.1.9, "Contextual values"
 */
export function findContext(line: readonly Place[], name: string): FoundContext | undefined {
  for (const place of line) {
    const { info } = place.fields
    const context = isJsonObject(info) ? memberOf(info, "context") : undefined
    const value = isJsonObject(context) ? memberOf(context, name) : undefined
    if (value !== undefined) return { value, place }
  }
  return undefined
}
