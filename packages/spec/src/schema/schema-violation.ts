import type { JsonPath } from "../json/json-path.ts"
import type { JsonValue } from "../json/json-value.ts"

/** One rule of a schema that a value breaks. */
export interface SchemaViolation {
  /** Where in the value. */
  readonly path: JsonPath
  /** The rule, by its keyword. */
  readonly keyword: string
  /** Where in the schema. */
  readonly schemaPath: JsonPath
  /** What the keyword asks for. */
  readonly wanted: JsonValue
  /** What is the case, as part of a sentence: found and wanted. */
  readonly problem: string
  /** For `required` and `dependencies`, the members that are missing; for `additionalProperties`, those that are too many. */
  readonly names: readonly string[]
  /** For `anyOf` and `oneOf`: why the value is none of the forms, one list a form. */
  readonly branches: readonly (readonly SchemaViolation[])[]
  /** `schema`: the value could not be checked, since the schema asks for what cannot be done. */
  readonly culprit: "value" | "schema"
}
