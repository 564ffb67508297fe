import type { WrittenResources } from "../additions/gear-additions.ts"
import type { JsonObject } from "../json/json-value.ts"
import { listOf, mapOf, objectOf } from "../schema/parts/object-schema.ts"
import { ANYTHING, described, FLAG, oneOfWords, SCHEMA_DIALECT, TEXT } from "../schema/parts/value-schemas.ts"
import type { ArchiveQuery, Pipeline, PipelineInput, RecoverGear } from "../workflow/pipeline/pipeline.ts"

const NAME: JsonObject = { type: "string", pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$" }
const PATH: JsonObject = { type: "string", minLength: 1, maxLength: 1000 }
const GLOB: JsonObject = { type: "string", minLength: 1, maxLength: 1000 }
const SOME: JsonObject = { type: "string", minLength: 1, maxLength: 200 }
const CONFIG = mapOf(ANYTHING)
const SEVERAL: JsonObject = { ...listOf({ $ref: "#/$defs/input" }), minItems: 1, maxItems: 100 }

const RESOURCES = objectOf<WrittenResources>("What a datum may use, as people write it", {
  cpus: { may: { type: "number", minimum: 0.001 } },
  memory: { may: described(SOME, "Such as 8g") },
  disk: { may: described(SOME, "What its outputs may come to") },
  time: { may: described(SOME, "After this it is ended, such as 2h") },
  gpu: { may: { type: "integer", minimum: 0 } },
})

const ARCHIVE = objectOf<ArchiveQuery>("Files of a place of a server's archive, and of all below it", {
  place: { must: described(PATH, "Path from the group on, group/project or deeper, or the id of a place") },
  server: {
    may: {
      ...{ type: "string", pattern: "^https?://[^\\s]+$", maxLength: 1000 },
      description: "Its address. Default: that of the environment, else of the last login",
    },
  },
  type: { may: described(SOME, "Only files of this type, such as nifti") },
  tag: { may: described(SOME, "Only files with this tag") },
  modality: { may: described(SOME, "Only files of this modality") },
})

const INPUT = objectOf<PipelineInput>("One of folder, archive, pipeline, cross, union, join and group", {
  folder: { may: described(PATH, "Path of a folder, from that of the document") },
  archive: { may: ARCHIVE },
  pipeline: { may: described(NAME, "The output of another pipeline") },
  cross: { may: described(SEVERAL, "Each with each") },
  union: { may: described(SEVERAL, "One after the other") },
  join: { may: described(SEVERAL, "Those whose joinOn comes to the same") },
  group: { may: described(SEVERAL, "All whose groupBy comes to the same, as one datum") },
  name: { may: described(NAME, "What it is called here. Default: the last part of the path") },
  to: { may: described(SOME, "The gear's input that takes the files. Default: that of this name") },
  glob: { may: described(GLOB, "Each path that it fits is a datum") },
  joinOn: { may: described(SOME, "A text with $1, $2 … for what the groups of the glob caught") },
  outerJoin: { may: described(FLAG, "In a join it is there also where the others have nothing") },
  groupBy: { may: described(SOME, "As joinOn, for a group") },
  emptyFiles: { may: described(FLAG, "The gear gets the names, and files with nothing in them") },
  reference: { may: described(FLAG, "That these files change is no reason to do a datum again") },
})

const RECOVER = objectOf<RecoverGear>("A gear that is given the files of a datum that failed", {
  gear: { must: PATH },
  config: { may: CONFIG },
})

/** The schema of `pipeline.yaml`. */
export const PIPELINE_SCHEMA: JsonObject = {
  $schema: SCHEMA_DIALECT,
  $id: "geartrain-pipeline/1",
  title: "One gear over folders whose content changes",
  ...objectOf<Pipeline>("A pipeline, pipeline.yaml", {
    pipeline: { must: { enum: [1], description: "Version of the format" } },
    name: { must: described(NAME, "What its output is known by to other pipelines") },
    description: { may: TEXT },
    gear: { must: described(PATH, "Reference, id, or a path that begins with ./ or /") },
    config: { may: described(CONFIG, "Values of the gear's config") },
    input: { must: { $ref: "#/$defs/input" } },
    place: {
      may: described(
        SOME,
        `Before the path of each output: a text with \${NAME}, a matched path, and \${NAME.1}, a group`,
      ),
    },
    resources: { may: RESOURCES },
    network: { may: described(oneOfWords(["outbound"]), "What the user grants") },
    tries: { may: { type: "integer", minimum: 1, maximum: 100, description: "Of a datum, the first counted" } },
    acceptExitCodes: {
      may: {
        ...listOf({ type: "integer", minimum: 1, maximum: 255 }),
        maxItems: 255,
        description: "Exit codes besides 0 that are no failure",
      },
    },
    recover: { may: { anyOf: [oneOfWords(["drop"]), RECOVER], description: "What becomes of a datum that failed" } },
    salt: { may: described(SOME, "Another one has every datum done again") },
    reprocess: { may: oneOfWords(["until_success", "every_job"]) },
    parallel: { may: { type: "integer", minimum: 1, maximum: 1024, description: "Datums at one time" } },
  }),
  $defs: { input: INPUT },
}
