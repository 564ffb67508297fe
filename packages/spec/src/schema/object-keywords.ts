import { isJsonArray, isJsonObject, memberOf } from "../json/json-kind.ts"
import type { JsonObject, JsonValue } from "../json/json-value.ts"
import { listWords } from "../text/list-words.ts"
import type { Keyword } from "./keyword.ts"
import type { SchemaCheck } from "./schema-check.ts"

/** The rules about objects. */
export const OBJECT_KEYWORDS: Readonly<Record<string, Keyword>> = {
  properties(check, wanted) {
    if (!isJsonObject(check.value) || !isJsonObject(wanted)) return
    for (const [name, schema] of Object.entries(wanted)) {
      const value = memberOf(check.value, name)
      if (value !== undefined) check.descend(schema, ["properties", name], { step: name, value })
    }
  },
  patternProperties(check, wanted) {
    if (!isJsonObject(check.value) || !isJsonObject(wanted)) return
    for (const [pattern, schema] of Object.entries(wanted)) {
      for (const [name, value] of Object.entries(check.value)) {
        const found = check.search("patternProperties", pattern, name)
        if (found === undefined) break
        if (found) check.descend(schema, ["patternProperties", pattern], { step: name, value })
      }
    }
  },
  additionalProperties(check, wanted, schema) {
    if (!isJsonObject(check.value) || wanted === true) return
    const names = additionalNames(check, schema)
    if (isJsonObject(wanted)) {
      for (const name of names) {
        check.descend(wanted, ["additionalProperties"], { step: name, value: check.value[name] ?? null })
      }
    } else if (wanted === false && names.length > 0) {
      const many = names.length > 1
      check.fail("additionalProperties", `${quoted(names, "and")} ${many ? "are" : "is"} not allowed here`, {
        wanted,
        names,
      })
    }
  },
  required(check, wanted) {
    if (!isJsonObject(check.value) || !isJsonArray(wanted)) return
    for (const name of wanted) {
      if (typeof name !== "string" || Object.hasOwn(check.value, name)) continue
      check.fail("required", `"${name}" is missing`, { wanted, names: [name] })
    }
  },
  minProperties(check, wanted) {
    if (!isJsonObject(check.value) || typeof wanted !== "number") return
    const size = Object.keys(check.value).length
    if (size < wanted) check.fail("minProperties", `found ${members(size)}, wanted at least ${wanted}`, { wanted })
  },
  maxProperties(check, wanted) {
    if (!isJsonObject(check.value) || typeof wanted !== "number") return
    const size = Object.keys(check.value).length
    if (size > wanted) check.fail("maxProperties", `found ${members(size)}, wanted at most ${wanted}`, { wanted })
  },
  dependencies(check, wanted) {
    if (!isJsonObject(check.value) || !isJsonObject(wanted)) return
    for (const [name, dependency] of Object.entries(wanted)) {
      if (!Object.hasOwn(check.value, name)) continue
      if (isJsonArray(dependency)) requireAll(check, name, dependency)
      else check.descend(dependency, ["dependencies", name])
    }
  },
}

function additionalNames(check: SchemaCheck, schema: JsonObject): readonly string[] {
  const known = memberOf(schema, "properties")
  const patterns = memberOf(schema, "patternProperties")
  const sources = isJsonObject(patterns) ? Object.keys(patterns) : []
  return Object.keys(check.value as JsonObject).filter(
    (name) =>
      !(isJsonObject(known) && Object.hasOwn(known, name)) &&
      !sources.some((source) => check.search("patternProperties", source, name) === true),
  )
}

function requireAll(check: SchemaCheck, name: string, dependency: readonly JsonValue[]): void {
  for (const needed of dependency) {
    if (typeof needed !== "string" || Object.hasOwn(check.value as JsonObject, needed)) continue
    check.fail("dependencies", `"${needed}" is missing, without which "${name}" may not be`, {
      wanted: dependency,
      names: [needed],
    })
  }
}

function members(count: number): string {
  return count === 1 ? "1 member" : `${count} members`
}

// As many as fit into a message; `names` has them all.
const MOST_NAMES = 8

function quoted(names: readonly string[], last: "and" | "or"): string {
  const shown = names.slice(0, MOST_NAMES).map((name) => `"${name}"`)
  const more = names.length - shown.length
  return listWords(more > 0 ? [...shown, `${more} more`] : shown, last)
}
