import type { JsonObject } from "../../json/json-value.ts"

/** The schemas that the documents share. */

export const SCHEMA_DIALECT = "https://json-schema.org/draft/2020-12/schema"

export const TEXT: JsonObject = { type: "string" }
export const COUNT: JsonObject = { type: "integer", minimum: 0 }
export const AMOUNT: JsonObject = { type: "number", minimum: 0 }
export const FLAG: JsonObject = { type: "boolean" }
export const ANYTHING: JsonObject = {}
export const DIGEST: JsonObject = { type: "string", pattern: "^sha256:[0-9a-f]{64}$" }
export const JOB_ID: JsonObject = { type: "string", pattern: "^[0-9a-f]{24}$" }
export const PLATFORM: JsonObject = { type: "string", pattern: "^[^/]+/[^/]+(/[^/]+)?$" }

export const TIME: JsonObject = {
  type: "string",
  format: "date-time",
  pattern: "Z$",
  description: "ISO 8601, in UTC",
}

export function described(schema: JsonObject, description: string): JsonObject {
  return { ...schema, description }
}

export function oneOfWords(words: Iterable<string>): JsonObject {
  return { enum: [...words] }
}
