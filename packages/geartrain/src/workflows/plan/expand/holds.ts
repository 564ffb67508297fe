import { canonicalJson, type JsonValue } from "@geartrain/spec"
import { compilePathGlob, type StepCondition, type ValueCondition } from "@geartrain/spec/workflow"
import { pick } from "../../orders/take-inputs.ts"
import type { Items } from "./item.ts"
import type { Facts, Part, Scope } from "./scope.ts"
import { sourceParts } from "./source-parts.ts"
import { namedValue } from "./values.ts"

/** Where a condition is looked at. */
export interface ConditionPlace {
  readonly scope: Scope
  readonly items: Items
  readonly facts: Facts
}

/** Whether a condition holds; `open` while that hangs on jobs that are not done. */
export function holds(condition: StepCondition, place: ConditionPlace): boolean | "open" {
  if ("all" in condition) return every(condition.all, place, true)
  if ("any" in condition) return every(condition.any, place, false)
  if ("not" in condition) {
    const inner = holds(condition.not, place)
    return inner === "open" ? "open" : !inner
  }
  if ("exists" in condition) return exists(condition.exists, place)
  return fits(condition, namedValue(condition.value, place.scope, place.items) ?? null)
}

/** The first part of a condition that does not hold, and the value that it was held against: for people. */
export function whyNot(
  condition: StepCondition,
  place: ConditionPlace,
): { readonly of: string; readonly value?: JsonValue } {
  if ("all" in condition) {
    const failing = condition.all.find((part) => holds(part, place) === false)
    return failing === undefined ? { of: "when" } : whyNot(failing, place)
  }
  if ("any" in condition) return condition.any[0] === undefined ? { of: "when" } : whyNot(condition.any[0], place)
  if ("not" in condition) return { of: "not", ...("value" in condition.not ? told(condition.not, place) : {}) }
  return "exists" in condition ? { of: `exists ${condition.exists}` } : told(condition, place)
}

function told(
  { value }: ValueCondition,
  { scope, items }: ConditionPlace,
): { readonly of: string; readonly value: JsonValue } {
  return { of: value, value: namedValue(value, scope, items) ?? null }
}

/** With `all`, one that does not hold decides; else one that does. What is open decides only where nothing else does. */
function every(parts: readonly StepCondition[], place: ConditionPlace, all: boolean): boolean | "open" {
  let isOpen = false
  for (const part of parts) {
    const held = holds(part, place)
    if (held === !all) return held
    if (held === "open") isOpen = true
  }
  return isOpen ? "open" : all
}

function exists(from: string, { scope, items, facts }: ConditionPlace): boolean | "open" {
  let isOpen = false
  for (const part of sourceParts({ from }, scope, items)) {
    const there = isThere(part, facts)
    if (there === true) return true
    if (there === "open") isOpen = true
  }
  return isOpen ? "open" : false
}

function isThere(part: Part, facts: Facts): boolean | "open" {
  if ("digest" in part) return true
  const keys = "jobs" in part ? part.jobs : facts.keysOf(part.step)
  if (keys === undefined) return "open"
  let isOpen = false
  for (const key of keys) {
    const outputs = facts.outputsOf(key)
    if (outputs === undefined) isOpen = true
    else if (outputs !== "skipped" && pick(outputs, part).length > 0) return true
  }
  return isOpen ? "open" : false
}

function fits(condition: ValueCondition, value: JsonValue): boolean {
  const { equals, atLeast, atMost } = condition
  const same = (other: JsonValue): boolean => canonicalJson(other) === canonicalJson(value)
  return (
    (equals === undefined || same(equals)) &&
    (condition.in === undefined || condition.in.some(same)) &&
    (atLeast === undefined || (typeof value === "number" && value >= atLeast)) &&
    (atMost === undefined || (typeof value === "number" && value <= atMost)) &&
    (condition.fits === undefined ||
      (typeof value === "string" && compilePathGlob(condition.fits).match(value) !== undefined))
  )
}
