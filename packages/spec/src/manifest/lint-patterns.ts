import type { JsonPath } from "../json/json-path.ts"
import type { JsonValue } from "../json/json-value.ts"
import { readPythonPattern } from "../pattern/python-pattern.ts"
import { META_SCHEMA } from "../schema/meta-schema.ts"
import type { SchemaViolation } from "../schema/schema-violation.ts"
import { validateDraft04 } from "../schema/validate-draft-04.ts"
import type { FaultFinder } from "./fault-finder.ts"

/**
 * Finds the patterns of a schema that cannot be used: those that are none in Python, with which the reference derives no invocation schema, and
 * those that cannot be matched in bounded time.
 */
export function lintPatterns(schema: JsonValue, path: JsonPath, finder: FaultFinder): void {
  for (const violation of badPatterns(schema)) {
    finder.atValue([...path, ...violation.path], {
      keyword: "pattern",
      problem: violation.problem,
      fix: "Mend the pattern, in the syntax of Python's re, or use an enum",
    })
  }
}

/**
 * The `pattern`s in a well-formed schema that cannot be used: their paths, and what is the case with each.
 *
 * @param kinds  `invalid`: Python refuses it too; `unsupported`: it is one, and is not matched here.
 */
export function badPatterns(
  schema: JsonValue,
  kinds: readonly ("invalid" | "unsupported")[] = ["invalid", "unsupported"],
): readonly { readonly path: JsonPath; readonly problem: string }[] {
  const checkFormat = (format: string, text: string) => {
    const result = format === "regex" ? readPythonPattern(text) : undefined
    if (result === undefined || result.ok || !kinds.includes(result.kind)) return undefined
    return `the pattern ${JSON.stringify(text)} ${result.kind === "invalid" ? "is none" : "cannot be used"}: ${result.problem}`
  }
  return validateDraft04(META_SCHEMA, schema, { checkFormat }).flatMap(formatViolations)
}

/** Where a schema or a list of schemas may stand, as in `items`, the violation lies in the form that was meant. */
function formatViolations(violation: SchemaViolation): readonly SchemaViolation[] {
  return violation.keyword === "format" ? [violation] : violation.branches.flat().flatMap(formatViolations)
}
