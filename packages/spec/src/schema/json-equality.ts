import { isJsonArray, isJsonObject, memberOf } from "../json/json-kind.ts"
import type { JsonValue } from "../json/json-value.ts"
import type { StepBudget } from "../pattern/step-budget.ts"

/** Tells whether two values are the same by the rules of JSON Schema: members in any order, 1 equal to 1.0, and true not equal to 1. */
export function equalJson(a: JsonValue, b: JsonValue, budget: StepBudget): boolean {
  budget.spend(1)
  if (a === b) return true
  if (isJsonArray(a)) {
    return (
      isJsonArray(b) && a.length === b.length && a.every((item, index) => equalJson(item, b[index] ?? null, budget))
    )
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return false
  const names = Object.keys(a)
  if (names.length !== Object.keys(b).length) return false
  return names.every((name) => Object.hasOwn(b, name) && equalJson(a[name] ?? null, memberOf(b, name) ?? null, budget))
}

/**
 * A text that two values share exactly when they are equal.
 *
 * @example
 *   equalityKey({ b: 1, a: [true] }) // => '{"a":[true],"b":1}'
 */
export function equalityKey(value: JsonValue): string {
  if (isJsonArray(value)) return `[${value.map(equalityKey).join(",")}]`
  if (!isJsonObject(value)) return JSON.stringify(value)
  const members = Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${equalityKey(value[name] ?? null)}`)
  return `{${members.join(",")}}`
}
