import type { JsonObject, JsonValue } from "../json/json-value.ts"
import type { GearManifest } from "../manifest/gear-manifest.ts"
import { LICENSES } from "../manifest/licenses.ts"
import { META_SCHEMA } from "../schema/meta-schema.ts"
import { listOf, type May, type Must, mapOf } from "../schema/parts/object-schema.ts"
import { ANYTHING, described, FLAG, SCHEMA_DIALECT, TEXT } from "../schema/parts/value-schemas.ts"

const SHORT: JsonObject = { type: "string", maxLength: 100 }
const LONG: JsonObject = { type: "string", maxLength: 5000 }
const ADDRESS: JsonObject = { type: "string", maxLength: 1000 }
const RULE: JsonObject = { $ref: "#/$defs/rule" }

function input(base: string, told: { description: string; members: JsonObject; more: JsonValue }): JsonObject {
  return {
    description: told.description,
    type: "object",
    properties: { base: { const: base }, description: TEXT, ...told.members },
    required: ["base"],
    additionalProperties: told.more,
  }
}

const INPUT: JsonObject = {
  oneOf: [
    input("file", {
      description:
        "A file. Every other member is a schema for the member of that name of the file's description, such as type, name or size",
      members: { optional: described(FLAG, "The gear runs without it, too") },
      more: RULE,
    }),
    input("context", {
      description: "A value that is looked up around the job's destination",
      members: {},
      more: false,
    }),
    input("api-key", {
      description: "A key to the system that runs the gear",
      members: { "read-only": FLAG },
      more: false,
    }),
  ],
}

/** The members that the type spells out; `GearManifest` is JSON with any others, which the index of the type stands for. */
type Spelt<Type> = {
  [Name in keyof Type as string extends Name ? never : Name]: Type[Name]
}

type ManifestMembers = {
  readonly [Name in keyof Spelt<GearManifest>]-?: Record<never, never> extends Pick<GearManifest, Name> ? May : Must
}

const MEMBERS: ManifestMembers = {
  name: { must: { ...SHORT, pattern: "^[a-z0-9-]+$", description: "The gear's name, for programs" } },
  label: { must: described(SHORT, "The gear's name, for people") },
  description: { must: described(LONG, "What the gear does, in a few sentences") },
  version: { must: described(SHORT, "The version of this gear; no form is asked for") },
  author: { must: described(SHORT, "Who wrote the algorithm or the gear") },
  maintainer: { may: described(SHORT, "Who keeps the gear working") },
  cite: { may: described(LONG, "What to cite") },
  license: {
    must: {
      enum: LICENSES,
      description: "SPDX identifier of a licence that the Open Source Initiative approved, or Other",
    },
  },
  url: { must: described(ADDRESS, "Address of the documentation; may be empty") },
  source: { must: described(ADDRESS, "Address of the source code; may be empty") },
  environment: { may: described(mapOf(TEXT), "Environment variables that are set for the gear") },
  command: { may: described(TEXT, "Run by bash in /flywheel/v0; without it, the executable run is") },
  config: {
    must: described(
      mapOf({ allOf: [RULE, { not: { required: ["default", "optional"] } }] }),
      "The gear's values by name: each a schema of draft 4, with default or optional",
    ),
  },
  inputs: { must: described(mapOf(INPUT), "The gear's inputs by name") },
  capabilities: { may: described(listOf(TEXT), "What the gear needs of the system that runs it, such as networking") },
  custom: {
    may: { type: "object", description: "Whatever the author wants to keep; custom.flywheel has reserved members" },
  },
  output_configuration: {
    may: { type: "object", properties: { enforce_file_version_match: FLAG }, description: "Since specification 0.3.0" },
  },
  flywheel: { may: described(ANYTHING, "Ignored") },
}

/**
 * The published schema of a gear manifest, for editors and other people's tools.
 *
 * It accepts what `parseManifest` accepts, but for two things that a schema cannot say: that a key stands twice, and that an integer of a rule is
 * written without a fraction.
 */
export const GEAR_MANIFEST_SCHEMA: JsonObject = {
  $schema: SCHEMA_DIALECT,
  $id: "urn:geartrain:gear-manifest:1",
  title: "Gear manifest",
  description:
    "What a gear says of itself, in /flywheel/v0/manifest.json. Flywheel Gear Spec 0.1.9, with output_configuration of 0.3.0",
  type: "object",
  properties: Object.fromEntries(
    Object.entries<Must | May>(MEMBERS).map(([name, member]) => [name, "must" in member ? member.must : member.may]),
  ),
  required: Object.entries<Must | May>(MEMBERS)
    .filter(([, member]) => "must" in member)
    .map(([name]) => name),
  additionalProperties: false,
  $defs: { rule: { description: "A schema of JSON Schema draft 4", ...(inNewerDraft(META_SCHEMA) as JsonObject) } },
}

/** The meta-schema of draft 4 in the words of draft 2020-12, as a part of another schema. */
function inNewerDraft(schema: JsonValue): JsonValue {
  if (Array.isArray(schema)) return schema.map(inNewerDraft)
  if (typeof schema !== "object" || schema === null) return schema
  const members: [string, JsonValue][] = []
  for (const [name, value] of Object.entries(schema)) {
    if (name === "$ref") members.push([name, "#/$defs/rule"])
    else if (name === "dependencies" && !Object.hasOwn(value as JsonObject, "type"))
      members.push(["dependentRequired", value])
    else if (name === "minimum" && (schema as JsonObject)["exclusiveMinimum"] === true)
      members.push(["exclusiveMinimum", value])
    else if (name !== "exclusiveMinimum" || value !== true) members.push([name, inNewerDraft(value)])
  }
  return Object.fromEntries(members)
}
