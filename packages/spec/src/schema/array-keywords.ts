import { isJsonArray, isJsonObject, memberOf } from "../json/json-kind.ts"
import type { JsonValue } from "../json/json-value.ts"
import { equalityKey } from "./json-equality.ts"
import type { Keyword } from "./keyword.ts"

/** The rules about arrays. */
export const ARRAY_KEYWORDS: Readonly<Record<string, Keyword>> = {
  items(check, wanted) {
    if (!isJsonArray(check.value)) return
    for (const [step, value] of check.value.entries()) {
      if (isJsonObject(wanted)) check.descend(wanted, ["items"], { step, value })
      else if (isJsonArray(wanted) && step < wanted.length) {
        check.descend(wanted[step] ?? {}, ["items", step], { step, value })
      }
    }
  },
  additionalItems(check, wanted, schema) {
    const items = memberOf(schema, "items")
    if (!isJsonArray(check.value) || !isJsonArray(items)) return
    if (wanted === false && check.value.length > items.length) {
      check.fail("additionalItems", `found ${count(check.value)}, wanted at most ${items.length}`, { wanted })
    }
    if (!isJsonObject(wanted)) return
    for (const [step, value] of check.value.entries()) {
      if (step >= items.length) check.descend(wanted, ["additionalItems"], { step, value })
    }
  },
  minItems(check, wanted) {
    if (!isJsonArray(check.value) || typeof wanted !== "number" || check.value.length >= wanted) return
    check.fail("minItems", `found ${count(check.value)}, wanted at least ${wanted}`, { wanted })
  },
  maxItems(check, wanted) {
    if (!isJsonArray(check.value) || typeof wanted !== "number" || check.value.length <= wanted) return
    check.fail("maxItems", `found ${count(check.value)}, wanted at most ${wanted}`, { wanted })
  },
  uniqueItems(check, wanted) {
    if (!isJsonArray(check.value) || wanted !== true) return
    const places = new Map<string, number>()
    for (const [index, item] of check.value.entries()) {
      const key = equalityKey(item)
      check.run.budget.spend(key.length)
      const first = places.get(key)
      if (first !== undefined) {
        check.fail("uniqueItems", `items ${first + 1} and ${index + 1} are the same, wanted all different`, { wanted })
        return
      }
      places.set(key, index)
    }
  },
}

function count(items: readonly JsonValue[]): string {
  return items.length === 1 ? "1 item" : `${items.length} items`
}
