import { isJsonObject, memberOf } from "../json/json-kind.ts"
import type { JsonObject, JsonValue } from "../json/json-value.ts"
import { StepBudgetSpent } from "../pattern/step-budget.ts"
import { ARRAY_KEYWORDS } from "./array-keywords.ts"
import type { Keyword } from "./keyword.ts"
import { LOGIC_KEYWORDS } from "./logic-keywords.ts"
import { NUMBER_KEYWORDS } from "./number-keywords.ts"
import { OBJECT_KEYWORDS } from "./object-keywords.ts"
import { applyReference } from "./reference-keyword.ts"
import { newRun, SchemaCheck, type SchemaOptions } from "./schema-check.ts"
import type { SchemaViolation } from "./schema-violation.ts"
import { STRING_KEYWORDS } from "./string-keywords.ts"
import { VALUE_KEYWORDS } from "./value-keywords.ts"

/**
 * Holds a value against a schema of JSON Schema draft 4, and tells every rule that it breaks.
 *
 * Verdict, paths and keywords are those of Python's `jsonschema`, which decides for Flywheel what a gear is: patterns are Python's, `format` is
 * not checked unless asked for, and a whole number that is written with a fraction is no integer where `numberText` tells.
 *
 * The schema may be hostile. Nothing is compiled or evaluated; patterns are matched in linear time; steps, depth and violations are limited.
 * A `$ref` reaches into the schema itself and the meta-schema of draft 4, and nowhere else.
 *
 * @param schema  Well formed by `META_SCHEMA`; a keyword whose value is not is passed over.
 * @returns None when the value is valid. In the order of the schema's keywords.
 * @example
 *   validateDraft04({ type: "integer", minimum: 3 }, 2).map((violation) => violation.problem) // => ["found 2, wanted at least 3"]
 */
export function validateDraft04(
  schema: JsonValue,
  value: JsonValue,
  options: SchemaOptions = {},
): readonly SchemaViolation[] {
  const violations: SchemaViolation[] = []
  const check = new SchemaCheck(newRun(options, applySchema), { value, root: schema, violations })
  try {
    applySchema(schema, check)
  } catch (error) {
    if (!(error instanceof StepBudgetSpent)) throw error
    check.giveUp("checking it takes more steps than are allowed")
  }
  return violations
}

const KEYWORDS: ReadonlyMap<string, Keyword> = new Map(
  Object.entries({
    ...VALUE_KEYWORDS,
    ...NUMBER_KEYWORDS,
    ...STRING_KEYWORDS,
    ...ARRAY_KEYWORDS,
    ...OBJECT_KEYWORDS,
    ...LOGIC_KEYWORDS,
  }),
)

function applySchema(schema: JsonValue, check: SchemaCheck): void {
  if (!isJsonObject(schema)) return
  const reference = memberOf(schema, "$ref")
  // Whatever stands beside a reference does not count, says draft 4.
  if (reference !== undefined) {
    applyReference(check, reference)
    return
  }
  const here = startsDocument(schema) ? check.withRoot(schema) : check
  for (const [name, wanted] of Object.entries(schema)) KEYWORDS.get(name)?.(here, wanted, schema)
}

/** An `id` that is more than a fragment makes the schema a document of its own, in which `#` is the schema itself. */
function startsDocument(schema: JsonObject): boolean {
  const id = memberOf(schema, "id")
  return typeof id === "string" && id !== "" && !id.startsWith("#")
}
