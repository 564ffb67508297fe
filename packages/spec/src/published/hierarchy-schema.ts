import type { Level } from "../hierarchy/hierarchy.ts"
import { CHILDREN, FILE_MEMBERS, type MemberKind, type Members, PLACE_MEMBERS } from "../hierarchy/members.ts"
import type { JsonObject } from "../json/json-value.ts"
import { listOf, mapOf } from "../schema/parts/object-schema.ts"
import { COUNT, described, FLAG, SCHEMA_DIALECT, TEXT } from "../schema/parts/value-schemas.ts"

/** A name with nothing after it is null in YAML, and counts as not there. */
function maybe(schema: JsonObject): JsonObject {
  return { anyOf: [schema, { type: "null" }] }
}

const KINDS: Readonly<Record<MemberKind, JsonObject>> = {
  text: maybe(TEXT),
  flag: maybe(FLAG),
  number: maybe({ type: "number" }),
  count: maybe(COUNT),
  object: maybe({ type: "object" }),
  tags: maybe(listOf(TEXT)),
  classification: maybe(mapOf(listOf(TEXT))),
  time: maybe({ type: "string", format: "date-time" }),
}

function membersOf(members: Members): JsonObject {
  return Object.fromEntries(Object.entries(members).map(([name, kind]) => [name, KINDS[kind]]))
}

const LABEL: JsonObject = {
  type: "string",
  minLength: 1,
  maxLength: 256,
  not: { const: "analyses" },
  pattern: "^[^/]*$",
}
const FILE_PATH: JsonObject = {
  type: "string",
  pattern: "^[^/]",
  description: "From the folder of this document; never out of it",
}

const FILE: JsonObject = {
  description: "A file: its path, or the path with what is known of it",
  anyOf: [
    FILE_PATH,
    {
      type: "object",
      properties: {
        path: FILE_PATH,
        name: described(TEXT, "By default the last name of the path"),
        ...membersOf(FILE_MEMBERS),
      },
      required: ["path"],
      additionalProperties: false,
    },
  ],
}

function placeOf(level: Exclude<Level, "group">): JsonObject {
  const children = CHILDREN[level].map(([member, child]): [string, JsonObject] => [
    member,
    maybe(listOf({ $ref: `#/$defs/${child}` })),
  ])
  return {
    type: "object",
    properties: {
      ...membersOf(PLACE_MEMBERS[level]),
      label: LABEL,
      id: { type: "string", pattern: "^[0-9a-f]{24}$", description: "By default made from the labels" },
      files: maybe(listOf({ $ref: "#/$defs/file" })),
      ...Object.fromEntries(children),
    },
    required: ["label"],
    additionalProperties: false,
  }
}

const LEVELS = ["project", "subject", "session", "acquisition", "analysis"] as const

/** The published schema of the document of a hierarchy, which `gear run --hierarchy` reads. */
export const HIERARCHY_SCHEMA: JsonObject = {
  $schema: SCHEMA_DIALECT,
  $id: "urn:geartrain:hierarchy:1",
  title: "Hierarchy",
  description: "An archive of one project: subjects, sessions and acquisitions with their metadata and files",
  type: "object",
  properties: {
    group: { type: "string", pattern: "^[0-9a-z][0-9a-z.@_-]{0,30}[0-9a-z]$", description: 'By default "local"' },
    project: { $ref: "#/$defs/project" },
  },
  required: ["project"],
  additionalProperties: false,
  $defs: { ...Object.fromEntries(LEVELS.map((level) => [level, placeOf(level)])), file: FILE },
}
