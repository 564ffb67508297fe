import type { JsonObject, JsonValue } from "../json/json-value.ts"
import type { SchemaCheck } from "./schema-check.ts"

/**
 * A rule of JSON Schema: looks at the value of the check, and notes what breaks it. A rule about one kind of value passes over all others.
 *
 * @param wanted  What the schema gives the keyword.
 * @param schema  The schema that it stands in, for the keywords that look at their neighbours.
 */
export type Keyword = (check: SchemaCheck, wanted: JsonValue, schema: JsonObject) => void
