import type { JsonObject, JsonValue } from "@geartrain/spec"

/**
 * Puts a value where a path leads, with objects on the way to it. What is no object and stands in the way is replaced.
 *
 * @example
 *   leafSet({ info: { a: 1 } }, ["info", "b", "c"], 2) // => { info: { a: 1, b: { c: 2 } } }
 */
export function leafSet(root: JsonObject, path: readonly (string | number)[], value: JsonValue): JsonObject {
  const [step, ...rest] = path
  if (step === undefined) return root
  const name = String(step)
  const below = Object.hasOwn(root, name) ? root[name] : undefined
  return withMember(root, name, rest.length === 0 ? value : leafSet(isJsonObject(below) ? below : {}, rest, value))
}

/**
 * Takes away what a path leads to. Nothing there is nothing to do.
 *
 * @example
 *   leafUnset({ info: { a: 1, b: 2 } }, ["info", "a"]) // => { info: { b: 2 } }
 */
export function leafUnset(root: JsonObject, path: readonly string[]): JsonObject {
  const [name, ...rest] = path
  if (name === undefined || !Object.hasOwn(root, name)) return root
  const below = root[name]
  if (rest.length > 0) return isJsonObject(below) ? withMember(root, name, leafUnset(below, rest)) : root
  return Object.fromEntries(Object.entries(root).filter(([other]) => other !== name))
}

/** By entries, so that a member of whatever name is a member. */
function withMember(root: JsonObject, name: string, value: JsonValue): JsonObject {
  return Object.fromEntries(new Map(Object.entries(root)).set(name, value))
}

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
