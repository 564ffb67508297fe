import type { JsonObject, JsonValue } from "./json-value.ts"

/** The types of JSON Schema that a value has one of, `integer` aside, which is a question of how a number is written. */
export type JsonKind = "null" | "boolean" | "number" | "string" | "array" | "object"

/**
 * Names the kind of a value.
 *
 * @example
 *   jsonKind([1]) // => "array"
 */
export function jsonKind(value: JsonValue): JsonKind {
  if (value === null) return "null"
  if (Array.isArray(value)) return "array"
  return typeof value as JsonKind
}

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

export function isJsonArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value)
}

/** A member of an object that comes from outside: never one of JavaScript's own, such as `constructor`. */
export function memberOf(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

/** A text as it is, any other value as JSON. `String` would throw on an object that has no prototype. */
export function textOf(value: JsonValue): string {
  return typeof value === "string" ? value : JSON.stringify(value)
}

/**
 * Shows a value in a message, cut when it is long.
 *
 * @example
 *   showJson("a b") // => '"a b"'
 */
export function showJson(value: JsonValue): string {
  const text = JSON.stringify(value)
  return text.length <= 80 ? text : `${text.slice(0, 77)}…`
}

/**
 * Tells whether a value counts as true where the reference asks for no more than that: Python's rule, by which the text "false" does.
 *
 * @example
 *   countsAsTrue("false") // => true
 *   countsAsTrue([]) // => false
 */
export function countsAsTrue(value: JsonValue): boolean {
  if (isJsonArray(value)) return value.length > 0
  return isJsonObject(value) ? Object.keys(value).length > 0 : Boolean(value)
}
