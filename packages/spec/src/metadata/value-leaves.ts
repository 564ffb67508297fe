import { isJsonObject, memberOf } from "../json/json-kind.ts"
import type { JsonPath } from "../json/json-path.ts"
import type { JsonValue } from "../json/json-value.ts"

/** A value that is no object, or an empty one, and the way to it. */
export interface Leaf {
  readonly path: JsonPath
  readonly leaf: JsonValue
}

/**
 * Takes a value apart into its leaves. Lists are whole.
 *
 * @example
 *   leavesOf({ a: { b: 1 }, c: [2] }, ["info"])
 *   // => [{ path: ["info", "a", "b"], leaf: 1 }, { path: ["info", "c"], leaf: [2] }]
 */
export function leavesOf(value: JsonValue, path: JsonPath): readonly Leaf[] {
  if (!isJsonObject(value) || Object.keys(value).length === 0) return [{ path, leaf: value }]
  return Object.entries(value).flatMap(([name, inner]) => leavesOf(inner, [...path, name]))
}

/** What stands at a path, or what stands in its way. */
export interface Standing {
  readonly value: JsonValue
}

/**
 * Looks up the value at a path. Where something that is no object is in the way, that is answered: it cannot be written through.
 *
 * @example
 *   valueAt({ info: { a: 1 } }, ["info", "a", "b"]) // => { value: 1 }
 *   valueAt({ info: null }, ["info", "a"]) // => undefined
 */
export function valueAt(root: JsonValue, path: JsonPath): Standing | undefined {
  let value: JsonValue = root
  for (const step of path) {
    if (value === null) return undefined
    if (!isJsonObject(value)) return { value }
    const next = memberOf(value, String(step))
    if (next === undefined) return undefined
    value = next
  }
  return { value }
}
