import { canonicalJson, type JsonObject } from "@geartrain/spec"
import type { GearAdditions } from "@geartrain/spec/additions"
import { ownMember } from "./own-member.ts"

/**
 * Finds config values that the user set, and that have no effect with the others as they are.
 *
 * @param set  What the user set.
 * @param config  The whole config, defaults included.
 * @returns a sentence for each.
 */
export function idleValues(
  set: JsonObject,
  config: JsonObject,
  additions: Pick<GearAdditions, "config">,
): readonly string[] {
  return Object.entries(additions.config ?? {}).flatMap(([name, { when }]) => {
    if (when === undefined || !Object.hasOwn(set, name)) return []
    const unmet = Object.entries(when).find(([other, values]) => {
      const value = ownMember(config, other) ?? null
      return !values.some((wanted) => canonicalJson(wanted) === canonicalJson(value))
    })
    if (unmet === undefined) return []
    const [other, values] = unmet
    return [
      `config "${name}" has no effect: it counts only when "${other}" is ${values.map((value) => JSON.stringify(value)).join(" or ")}`,
    ]
  })
}
