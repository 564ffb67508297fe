import type { JsonObject } from "../json/json-value.ts"
import { LICENSES } from "./licenses.ts"

const SCHEMA = { $ref: "http://json-schema.org/draft-04/schema" }
const STRING = { type: "string" }
const SHORT = { type: "string", maxLength: 100 }
const LONG = { type: "string", maxLength: 5000 }
const ADDRESS = { type: "string", maxLength: 1000 }

function base(name: string) {
  return { type: "string", enum: [name] }
}

/**
 * What makes a gear manifest, as a schema of draft 4, for checking: the rules of specification 0.1.9, with `output_configuration` of 0.3.0.
 * The published schema, with descriptions and for people's tools, is `GEAR_MANIFEST_SCHEMA`.
 *
 * That an address is one is not checked, as the reference does not either; a default beside `optional` is refused, a wrong default is not.
 *
 * @see Flywheel Gear Spec 0.1.9, "Gear manifest"
 */
export const MANIFEST_RULES: JsonObject = {
  type: "object",
  properties: {
    name: { type: "string", maxLength: 100, pattern: "^[a-z0-9\\-]+$" },
    label: SHORT,
    description: LONG,
    version: SHORT,
    author: SHORT,
    maintainer: SHORT,
    cite: LONG,
    license: { type: "string", enum: LICENSES },
    url: ADDRESS,
    source: ADDRESS,
    environment: { type: "object", additionalProperties: STRING },
    command: STRING,
    config: {
      type: "object",
      additionalProperties: { allOf: [SCHEMA, { not: { required: ["default", "optional"] } }] },
    },
    inputs: {
      type: "object",
      additionalProperties: {
        anyOf: [
          {
            type: "object",
            properties: { base: base("file"), description: STRING, optional: { type: "boolean" } },
            required: ["base"],
            additionalProperties: { oneOf: [SCHEMA] },
          },
          {
            type: "object",
            properties: { base: base("context"), description: STRING },
            required: ["base"],
            additionalProperties: false,
          },
          {
            type: "object",
            properties: { base: base("api-key"), description: STRING, "read-only": { type: "boolean" } },
            required: ["base"],
            additionalProperties: false,
          },
        ],
      },
    },
    capabilities: { type: "array", items: STRING },
    custom: { type: "object" },
    output_configuration: { type: "object", properties: { enforce_file_version_match: { type: "boolean" } } },
    flywheel: {},
  },
  required: ["author", "config", "description", "inputs", "label", "license", "name", "source", "url", "version"],
  additionalProperties: false,
}

/** The forms of an input, in the order in which the rules try them. */
export const INPUT_BASES: readonly string[] = ["file", "context", "api-key"]

/** The members that a manifest can have. */
export const MANIFEST_MEMBERS: readonly string[] = Object.keys(MANIFEST_RULES["properties"] as JsonObject)
