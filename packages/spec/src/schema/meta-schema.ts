import type { JsonObject } from "../json/json-value.ts"

/** How a schema of draft 4 names its own rules. */
export const DRAFT_04 = "http://json-schema.org/draft-04/schema#"

const SCHEMA = { $ref: "#" }
const COUNT = { type: "integer", minimum: 0 }
const BOOLEAN = { type: "boolean" }
const STRING = { type: "string" }
const SCHEMAS_BY_NAME = { type: "object", additionalProperties: SCHEMA }
const SCHEMA_LIST = { type: "array", minItems: 1, items: SCHEMA }
const NAME_LIST = { type: "array", minItems: 1, items: STRING, uniqueItems: true }
const TYPE_NAME = { enum: ["array", "boolean", "integer", "null", "number", "object", "string"] }

/**
 * What makes a schema of draft 4 well formed, as a schema of draft 4: in effect the meta-schema of the draft, with its texts left out.
 *
 * @see JSON Schema: core definitions and terminology, draft-zyp-json-schema-04
 */
export const META_SCHEMA: JsonObject = {
  type: "object",
  properties: {
    id: STRING,
    $schema: STRING,
    title: STRING,
    description: STRING,
    multipleOf: { type: "number", minimum: 0, exclusiveMinimum: true },
    maximum: { type: "number" },
    exclusiveMaximum: BOOLEAN,
    minimum: { type: "number" },
    exclusiveMinimum: BOOLEAN,
    maxLength: COUNT,
    minLength: COUNT,
    pattern: { type: "string", format: "regex" },
    additionalItems: { anyOf: [BOOLEAN, SCHEMA] },
    items: { anyOf: [SCHEMA, SCHEMA_LIST] },
    maxItems: COUNT,
    minItems: COUNT,
    uniqueItems: BOOLEAN,
    maxProperties: COUNT,
    minProperties: COUNT,
    required: NAME_LIST,
    additionalProperties: { anyOf: [BOOLEAN, SCHEMA] },
    definitions: SCHEMAS_BY_NAME,
    properties: SCHEMAS_BY_NAME,
    patternProperties: SCHEMAS_BY_NAME,
    dependencies: { type: "object", additionalProperties: { anyOf: [SCHEMA, NAME_LIST] } },
    enum: { type: "array", minItems: 1, uniqueItems: true },
    type: { anyOf: [TYPE_NAME, { type: "array", items: TYPE_NAME, minItems: 1, uniqueItems: true }] },
    format: STRING,
    allOf: SCHEMA_LIST,
    anyOf: SCHEMA_LIST,
    oneOf: SCHEMA_LIST,
    not: SCHEMA,
  },
  dependencies: { exclusiveMaximum: ["maximum"], exclusiveMinimum: ["minimum"] },
}
