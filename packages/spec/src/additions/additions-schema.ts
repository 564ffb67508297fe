import type { JsonObject } from "../json/json-value.ts"
import { listOf, mapOf, objectOf } from "../schema/parts/object-schema.ts"
import {
  AMOUNT,
  ANYTHING,
  COUNT,
  DIGEST,
  described,
  FLAG,
  oneOfWords,
  SCHEMA_DIALECT,
  TEXT,
} from "../schema/parts/value-schemas.ts"
import type {
  ComparisonRule,
  ConfigAddition,
  ConfigGroup,
  GearAdditions,
  InputAddition,
  OutputAddition,
  SecretAddition,
  WrittenResources,
} from "./gear-additions.ts"

const SHORT: JsonObject = { type: "string", minLength: 1, maxLength: 100 }
const SIZE: JsonObject = { type: "string", pattern: "^[0-9]+([.][0-9]+)?\\s*([kmgtpKMGTP]([iI]?[bB])?|[bB])?$" }
const DURATION: JsonObject = {
  type: "string",
  pattern: "^([0-9]+([.][0-9]+)?|([0-9.]+[dD])?([0-9.]+[hH])?([0-9.]+[mM])?([0-9.]+[sS])?([0-9.]+[mM][sS])?)$",
  minLength: 1,
}
const PATTERNS: JsonObject = {
  type: "array",
  items: { type: "string", minLength: 1, maxLength: 1000 },
  minItems: 1,
  maxItems: 100,
}

const RESOURCES = objectOf<WrittenResources>("What the gear needs of a machine: limits, unless the user sets others", {
  cpus: { may: { type: "number", minimum: 0.01, description: "Processors" } },
  memory: { may: described(SIZE, "Such as 8g") },
  disk: { may: described(SIZE, "What it writes: outputs and everything that it makes on the way, such as 20g") },
  time: { may: described(DURATION, "Such as 2h30m") },
  gpu: { may: described(COUNT, "Graphics processors") },
})

const INPUT = objectOf<InputAddition>("What a file input takes", {
  takes: { must: oneOfWords(["file", "files", "folder"]) },
  atLeast: { may: described(COUNT, "Files, also of those in a folder. By default 1") },
  atMost: { may: described(COUNT, "Files") },
})

const SECRET = objectOf<SecretAddition>("A secret, in the file /run/secrets/NAME", {
  description: { may: TEXT },
  optional: { may: FLAG },
})

const OUTPUT = objectOf<OutputAddition>("An output that the gear promises", {
  files: {
    must: described(PATTERNS, "Names in the output folder: * is anything but /, ** also that, ? one character"),
  },
  description: { may: TEXT },
  type: { may: described(SHORT, "The files' type, where their names do not tell it") },
  sensitivity: {
    may: {
      ...oneOfWords(["public", "internal", "personal"]),
      description: "Who may see it: everybody, those who work with the data, or those who may know whose data they are",
    },
  },
  optional: { may: described(FLAG, "The gear may leave it out") },
})

const CONFIG = objectOf<ConfigAddition>("What a form needs to know of a config value", {
  unit: { may: described(SHORT, "Such as mm or s") },
  when: {
    may: described(
      mapOf({ ...listOf(ANYTHING), minItems: 1 }),
      "It has an effect only when each of these config values is one of those listed",
    ),
  },
  advanced: { may: described(FLAG, "Folded away at first") },
})

const GROUP = objectOf<ConfigGroup>("Config values that belong together, in their order", {
  label: { must: SHORT },
  description: { may: TEXT },
  config: { must: { ...listOf(TEXT), minItems: 1, uniqueItems: true } },
})

const COMPARE = objectOf<ComparisonRule>("What is free when two results are compared", {
  files: { must: PATTERNS },
  fields: {
    may: {
      type: "array",
      items: { type: "string", pattern: "^/" },
      description: "Fields of JSON that do not count, as JSON pointers; * is any name or index",
    },
  },
  ignore: { may: described(listOf(SHORT), "Lines that match one of these patterns do not count") },
  numbers: {
    may: objectOf<NonNullable<ComparisonRule["numbers"]>>("By how much numbers may differ", {
      absolute: { may: AMOUNT },
      relative: { may: AMOUNT },
    }),
  },
  order: { may: { ...oneOfWords(["any"]), description: "Lines, or items of lists, may come in any order" } },
})

/** The published schema of `custom.geartrain` in a gear manifest. */
export const GEAR_ADDITIONS_SCHEMA: JsonObject = {
  $schema: SCHEMA_DIALECT,
  $id: "urn:geartrain:gear-additions:1",
  title: "Additions to a gear manifest",
  ...objectOf<GearAdditions>("custom.geartrain of a gear manifest. Everything is optional, and ignored elsewhere", {
    resources: { may: RESOURCES },
    inputs: { may: described(mapOf(INPUT), "By the name of a file input") },
    secrets: { may: mapOf(SECRET) },
    outputs: { may: mapOf(OUTPUT) },
    config: { may: described(mapOf(CONFIG), "By the name of a config value") },
    groups: { may: listOf(GROUP) },
    compare: { may: listOf(COMPARE) },
    slimOf: { may: described(DIGEST, "The id of the gear that this one has only the used files of: see gear slim") },
  }),
}
