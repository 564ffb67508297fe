import {
  type AllOf,
  type AnyOf,
  COMPARISONS,
  FILE_PROPERTIES,
  type FileProperty,
  type HoldsFile,
  type JobTest,
  type MadeByTest,
  type MetadataTest,
  type NotThis,
  type Rule,
  type RuleGear,
  type RuleLoops,
  type RuleSchedule,
  type WantedGear,
} from "../job/rules/rule.ts"
import type { JsonObject } from "../json/json-value.ts"
import { listOf, type MembersOf, mapOf, objectOf } from "../schema/parts/object-schema.ts"
import { ANYTHING, described, FLAG, oneOfWords, SCHEMA_DIALECT } from "../schema/parts/value-schemas.ts"

const NAME: JsonObject = { type: "string", minLength: 1, maxLength: 200 }
const SHORT: JsonObject = { type: "string", minLength: 1, maxLength: 1000 }
const PATTERN: JsonObject = { type: "string", minLength: 1, maxLength: 4000 }
const CONDITION: JsonObject = { $ref: "#/$defs/condition" }
const CONDITIONS: JsonObject = { ...listOf(CONDITION), minItems: 1, maxItems: 200 }
const BOUND: JsonObject = { anyOf: [{ type: "number" }, SHORT] }

const TEXT_TEST: JsonObject = {
  anyOf: [
    SHORT,
    objectOf<{ readonly regex: string }>("A regular expression from the start", { regex: { must: PATTERN } }),
  ],
}

const WANTED_GEAR: MembersOf<WantedGear> = {
  gear: { must: described(NAME, "The gear, by name") },
  versions: { may: described(NAME, "A range, such as >=1.2 <2") },
}

const FILE_TESTS: Readonly<Record<FileProperty, string>> = {
  type: "The file's type",
  name: "Its name, in which * ? and [] stand for others",
  modality: "Its modality",
  classification: "Any value of its classification",
  tag: "Any of its tags",
  zipMember: "The name of any member, of a zip file",
}

/** Every form of a condition, by the member that makes it that one. */
const FORMS: readonly JsonObject[] = [
  objectOf<AllOf>("All of these", { all: { must: CONDITIONS } }),
  objectOf<AnyOf>("At least one of these", { any: { must: CONDITIONS } }),
  objectOf<NotThis>("Not this", { not: { must: CONDITION } }),
  objectOf<HoldsFile>("Some file of the place fits this", { holds: { must: CONDITION } }),
  ...FILE_PROPERTIES.map(fileTest),
  {
    ...objectOf<MetadataTest>("A value of the file or of a place around it", {
      metadata: { must: described(SHORT, "Where it stands, such as subject.info.age") },
      exists: { may: FLAG },
      equals: { may: ANYTHING },
      differs: { may: ANYTHING },
      below: { may: BOUND },
      atMost: { may: BOUND },
      above: { may: BOUND },
      atLeast: { may: BOUND },
      matches: { may: PATTERN },
    }),
    oneOf: COMPARISONS.map((name) => ({ required: [name] })),
  },
  objectOf<JobTest>("A job that ended here", {
    job: {
      must: objectOf<JobTest["job"]>("Which", { ...WANTED_GEAR, state: { must: oneOfWords(["complete", "failed"]) } }),
    },
  }),
  objectOf<MadeByTest>("The file is an output of this gear", {
    madeBy: { must: objectOf<WantedGear>("Which", WANTED_GEAR) },
  }),
]

function fileTest(property: FileProperty): JsonObject {
  return {
    description: FILE_TESTS[property],
    type: "object",
    properties: { [property]: TEXT_TEST },
    required: [property],
    additionalProperties: false,
  }
}

/** The schema of a rule. */
export const RULE_SCHEMA: JsonObject = {
  $schema: SCHEMA_DIALECT,
  $id: "geartrain-rule/1",
  title: "Which jobs data call for",
  ...objectOf<Rule>("A rule of a project", {
    rule: { must: { enum: [1], description: "Version of the format" } },
    name: { must: described(NAME, "One of its kind in its project") },
    about: { may: described(SHORT, "What it is for, in a sentence") },
    gear: {
      must: objectOf<RuleGear>("The gear that is run", {
        name: { must: NAME },
        version: { must: NAME },
        follows: { may: described(oneOfWords(["pinned", "name"]), "Whether it moves on to newer versions by itself") },
      }),
    },
    when: { may: described(CONDITION, "What the file that it fires for has to be") },
    inputs: {
      may: { ...mapOf(CONDITION), minProperties: 1, maxProperties: 50, description: "Files taken together, by input" },
    },
    within: {
      may: described(oneOfWords(["place", "session", "subject", "project"]), "Where files are looked for together"),
    },
    fixed: {
      may: { ...mapOf(SHORT), maxProperties: 50, description: "Files that are the same in every job, by input" },
    },
    config: { may: described(mapOf(ANYTHING), "Config values that are set") },
    tags: { may: { ...listOf(NAME), maxItems: 50, description: "Tags of the jobs" } },
    priority: { may: { type: "integer", minimum: -100, maximum: 100, description: "Higher runs first. Default 0" } },
    disabled: { may: FLAG },
    schedule: {
      may: objectOf<RuleSchedule>("At these times, over all files", {
        cron: { must: { ...NAME, description: "Five or six fields, as cron has them" } },
        timeZone: { may: described(NAME, "A name of the IANA database. Default UTC") },
        below: { may: described(SHORT, "Path below the project that it is held to") },
      }),
    },
    loops: {
      may: objectOf<RuleLoops>("How far it may go on from what rules have made", {
        ownOutputs: { may: described(FLAG, "Whether outputs of the gear may fire it again") },
        depth: { may: { type: "integer", minimum: 1, maximum: 50, description: "Jobs of rules in a row. Default 8" } },
      }),
    },
  }),
  $defs: { condition: { oneOf: FORMS } },
}
