import { isJsonArray, isJsonObject } from "./json-kind.ts"
import type { JsonValue } from "./json-value.ts"

// As deep as `parseJson` reads.
const DEEPEST = 64

/**
 * Tells why a value that was not read by `parseJson` cannot be recorded: canonical JSON has no place for it, or it is deeper than what is read.
 *
 * @returns What is the case, as part of a sentence that begins with the value; undefined for a value that is fit.
 * @example
 *   unfitJson(["\ud800"]) // => "holds half of a character, without the other half"
 *   unfitJson({ a: [1, null] }) // => undefined
 */
export function unfitJson(value: JsonValue, depth = 0): string | undefined {
  if (depth > DEEPEST) return `has more than ${DEEPEST} levels`
  if (typeof value === "string")
    return value.isWellFormed() ? undefined : "holds half of a character, without the other half"
  if (typeof value === "number") return Number.isFinite(value) ? undefined : "holds a number that is not finite"
  if (isJsonArray(value)) return firstUnfit(value, depth)
  return isJsonObject(value)
    ? (firstUnfit(Object.keys(value), depth) ?? firstUnfit(Object.values(value), depth))
    : undefined
}

function firstUnfit(values: readonly JsonValue[], depth: number): string | undefined {
  for (const value of values) {
    const problem = unfitJson(value, depth + 1)
    if (problem !== undefined) return problem
  }
  return undefined
}
