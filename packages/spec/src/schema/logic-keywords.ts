import { isJsonArray } from "../json/json-kind.ts"
import type { Keyword } from "./keyword.ts"
import type { SchemaCheck } from "./schema-check.ts"
import type { SchemaViolation } from "./schema-violation.ts"

/** The rules that are made of other schemas. */
export const LOGIC_KEYWORDS: Readonly<Record<string, Keyword>> = {
  allOf(check, wanted) {
    if (!isJsonArray(wanted)) return
    for (const [index, schema] of wanted.entries()) check.descend(schema, ["allOf", index])
  },
  anyOf(check, wanted) {
    if (!isJsonArray(wanted)) return
    const branches: (readonly SchemaViolation[])[] = []
    for (const [index, schema] of wanted.entries()) {
      const branch = check.branch(schema, ["anyOf", index])
      if (branch.length === 0) return
      branches.push(branch)
    }
    failNone(check, "anyOf", branches)
  },
  oneOf(check, wanted) {
    if (!isJsonArray(wanted)) return
    const branches = wanted.map((schema, index) => check.branch(schema, ["oneOf", index]))
    const matching = branches.filter((branch) => branch.length === 0).length
    if (matching === 0) failNone(check, "oneOf", branches)
    else if (matching > 1) {
      check.fail("oneOf", `${matching} of the forms fit, of which just one may`, { branches })
    }
  },
  not(check, wanted) {
    const violations = check.branch(wanted, ["not"])
    if (violations.length === 0) {
      check.fail("not", `it is what it must not be: ${JSON.stringify(wanted).slice(0, 200)}`, { wanted })
    } else if (isUnchecked(violations)) {
      check.fail("not", `what it must not be cannot be checked: ${violations[0]?.problem}`, {
        wanted,
        culprit: "schema",
      })
    }
  },
}

function failNone(check: SchemaCheck, keyword: string, branches: (readonly SchemaViolation[])[]): void {
  const problems = new Set(branches.map((branch) => branch[0]?.problem ?? ""))
  const shown = [...problems].slice(0, 3).map(shorten).join("; or ")
  const culprit = branches.some(isUnchecked) ? "schema" : "value"
  check.fail(keyword, `none of the ${branches.length} forms fits: ${shown}`, { branches, culprit })
}

/** Forms lie within forms, and their problems would be told within each other. */
function shorten(problem: string): string {
  return problem.length <= 120 ? problem : `${problem.slice(0, 117)}…`
}

function isUnchecked(violations: readonly SchemaViolation[]): boolean {
  return violations.some((violation) => violation.culprit === "schema")
}
