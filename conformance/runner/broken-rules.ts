import type { SchemaViolation } from "@geartrain/spec"

/** Path and keyword of each rule that was broken, as the reference lists them, in one order. */
export type BrokenRules = readonly (readonly [path: string, keyword: string])[]

export function brokenRules(violations: readonly SchemaViolation[]): BrokenRules {
  return sortRules(violations.map(({ path, keyword }) => [`/${path.join("/")}`, keyword] as const))
}

/** Both lists name the same rules, in whatever order an implementation finds them. */
export function sortRules(rules: BrokenRules): BrokenRules {
  return rules.toSorted((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
