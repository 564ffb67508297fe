import { GeartrainError, type JsonObject, type JsonValue } from "@geartrain/spec"
import { z } from "zod"
import { isJsonObject } from "../archive/metadata/leaves.ts"
import type { MetadataPatch } from "../archive/metadata/patch-metadata.ts"
import { JSON_OBJECT } from "../http/json-words.ts"

/** A change of info as Flywheel's clients write it: members that are set, and names of those that go; or all of it. */
export const INFO_CHANGE = z.strictObject({
  set: JSON_OBJECT.optional(),
  delete: z.array(z.string().min(1).max(1024)).max(1000).optional(),
  replace: JSON_OBJECT.optional(),
})

export type InfoChange = z.infer<typeof INFO_CHANGE>

/**
 * The change as the archive makes changes. A member that is set takes the place of all that was there under its name; what else there is stays.
 *
 * @param before  The info that there is. Whoever applies the change makes sure that it is still that.
 * @throws {GeartrainError} REQUEST_INVALID when all and parts are to be changed at once.
 * @example
 *   infoPatch({ a: 1, b: { c: 2, d: 3 } }, { set: { b: { c: 5 } } })
 *   // => { set: { info: { b: { c: 5 } } }, unset: [["info", "b", "d"]] }
 */
export function infoPatch(before: JsonObject, change: InfoChange): MetadataPatch {
  const { set, replace, delete: gone = [] } = change
  if (replace !== undefined && (set !== undefined || gone.length > 0)) {
    throw new GeartrainError("REQUEST_INVALID", "Cannot change info: replace goes without set and delete")
  }
  if (replace !== undefined) return { set: { info: replace }, unset: leftOver(before, replace, ["info"]) }
  const named = Object.fromEntries(Object.keys(set ?? {}).flatMap((name) => memberOf(before, name)))
  return {
    ...(set === undefined ? {} : { set: { info: set } }),
    unset: [...leftOver(named, set ?? {}, ["info"]), ...gone.map((name) => ["info", name])],
  }
}

/** Ways to what was there and is not wanted. */
function leftOver(before: JsonObject, after: JsonObject, path: readonly string[]): readonly (readonly string[])[] {
  return Object.entries(before).flatMap(([name, value]) => {
    const way = [...path, name]
    if (!Object.hasOwn(after, name)) return [way]
    const next = after[name]
    return isJsonObject(value) && isJsonObject(next) ? leftOver(value, next, way) : []
  })
}

function memberOf(object: JsonObject, name: string): [string, JsonValue][] {
  const value = Object.hasOwn(object, name) ? object[name] : undefined
  return value === undefined ? [] : [[name, value]]
}
