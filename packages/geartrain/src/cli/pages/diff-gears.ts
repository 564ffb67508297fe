import type { Gear, JsonObject, JsonValue } from "@geartrain/spec"

/** One thing in which two gears, or two jobs, are not alike. A side that is absent has no such thing. */
export interface Difference {
  readonly part: string
  readonly name: string
  readonly a?: JsonValue
  readonly b?: JsonValue
}

/** Lists in what two gears differ: the manifest member by member, then what they are made of. */
export function diffGears(a: Gear, b: Gear): readonly Difference[] {
  const parts: readonly (readonly [string, JsonObject, JsonObject])[] = [
    ["manifest", leavesOf(a.manifest), leavesOf(b.manifest)],
    ["filesystem", filesystemOf(a), filesystemOf(b)],
    ["image", leavesOf(imageOf(a)), leavesOf(imageOf(b))],
  ]
  return parts.flatMap(([part, left, right]) => {
    const names = [...new Set([...Object.keys(left), ...Object.keys(right)])]
    return names.flatMap((name) => differenceOf({ part, name }, left[name], right[name]))
  })
}

function differenceOf(
  of: { readonly part: string; readonly name: string },
  a: JsonValue | undefined,
  b: JsonValue | undefined,
): Difference[] {
  if (JSON.stringify(a) === JSON.stringify(b)) return []
  return [{ ...of, ...(a === undefined ? {} : { a }), ...(b === undefined ? {} : { b }) }]
}

function filesystemOf(gear: Gear): JsonObject {
  return { platform: gear.platform, digest: gear.tree, entries: gear.entries, sizeBytes: gear.sizeBytes }
}

function imageOf(gear: Gear): JsonObject {
  return gear.image === undefined ? {} : ({ ...gear.image } as unknown as JsonObject)
}

/**
 * The values of an object by their paths: `config.threads.default`.
 *
 * @example
 *   leavesOf({ a: { b: 1, c: [2] }, d: {} }) // => { "a.b": 1, "a.c": [2], "d": {} }
 */
export function leavesOf(object: JsonObject): JsonObject {
  const leaves = new Map<string, JsonValue>()
  collect(object, "", leaves)
  return Object.fromEntries(leaves)
}

function collect(object: JsonObject, prefix: string, leaves: Map<string, JsonValue>): void {
  for (const [key, value] of Object.entries(object)) {
    const path = `${prefix}${key}`
    const isBranch =
      typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length > 0
    if (isBranch) collect(value as JsonObject, `${path}.`, leaves)
    else leaves.set(path, value)
  }
}
