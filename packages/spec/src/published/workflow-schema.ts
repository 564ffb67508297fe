import type { WrittenResources } from "../additions/gear-additions.ts"
import type { JsonObject } from "../json/json-value.ts"
import { listOf, type MembersOf, mapOf, objectOf } from "../schema/parts/object-schema.ts"
import { ANYTHING, COUNT, described, FLAG, oneOfWords, SCHEMA_DIALECT } from "../schema/parts/value-schemas.ts"
import type { StepCondition, ValueCondition } from "../workflow/step-condition.ts"
import type {
  FileSource,
  GearStep,
  Retry,
  Scatter,
  StepPolicy,
  SubWorkflowStep,
  Workflow,
  WorkflowInput,
  WorkflowLimits,
  WorkflowParameter,
} from "../workflow/workflow.ts"
import { RETRY_CAUSES } from "../workflow/workflow-words.ts"

const LINE: JsonObject = { type: "string", minLength: 1, maxLength: 1000 }
const TOLD: JsonObject = { type: "string", maxLength: 10_000 }
const PATH: JsonObject = { type: "string", minLength: 1, maxLength: 4000 }
const VALUE: JsonObject = { type: ["string", "number", "boolean", "null", "array"] }
const POSITIVE: JsonObject = { type: "integer", minimum: 1, maximum: 1_000_000 }
const FACTOR: JsonObject = { type: "number", minimum: 1, maximum: 100 }

const SOURCE: JsonObject = {
  ...LINE,
  description:
    "inputs.NAME, parameters.NAME, steps.STEP.OUTPUT, steps.STEP with files, or, in a scatter, each.NAME and each.NAME.1",
}

const FILE_SOURCE_MEMBERS: MembersOf<FileSource> = {
  from: { must: SOURCE },
  files: { may: described(LINE, "Of the files that it gives, those whose path fits this pattern") },
}
const FILE_SOURCE = objectOf<FileSource>("Files from somewhere in the workflow", FILE_SOURCE_MEMBERS)

const INPUT_SOURCE: JsonObject = {
  anyOf: [
    FILE_SOURCE,
    { ...listOf(FILE_SOURCE), minItems: 1, maxItems: 100_000, description: "Several sources, one after the other" },
    objectOf<{ readonly file: string }>("A file that lies beside the workflow", { file: { must: PATH } }),
    objectOf<{ readonly value: unknown }>("The value of a context input", { value: { must: ANYTHING } }),
  ],
}

const CONFIG_SOURCE: JsonObject = {
  anyOf: [
    objectOf<{ readonly from: string }>("A value from somewhere in the workflow", { from: { must: SOURCE } }),
    objectOf<{ readonly text: string }>(`A text with \${each.NAME} or \${parameters.NAME} in it`, {
      text: { must: { type: "string", maxLength: 10_000 } },
    }),
    described(VALUE, "The value as it is"),
  ],
}

const SCATTER_SOURCE: JsonObject = {
  anyOf: [
    { ...listOf(ANYTHING), maxItems: 1_000_000, description: "Values as they are" },
    objectOf<FileSource & { readonly glob?: string }>("A parameter of type list, or the files of a source", {
      ...FILE_SOURCE_MEMBERS,
      glob: { may: described(LINE, "Only the files that fit; what its groups catch is each.NAME.1 and so on") },
    }),
  ],
}

const SCATTER = objectOf<Scatter>("The step is run for each item", {
  over: {
    must: {
      ...mapOf(SCATTER_SOURCE),
      minProperties: 1,
      maxProperties: 20,
      description: "What is taken one by one, by the name that each.NAME has",
    },
  },
  by: { may: described(oneOfWords(["zip", "cross"]), "The first with the first, or each with each") },
})

const CONDITION: JsonObject = { $ref: "#/$defs/condition" }
const CONDITIONS: JsonObject = { ...listOf(CONDITION), minItems: 1, maxItems: 200 }

type Branch<Name extends string> = Extract<StepCondition, Readonly<Record<Name, unknown>>>

const CONDITION_FORMS: readonly JsonObject[] = [
  objectOf<Branch<"all">>("All of these", { all: { must: CONDITIONS } }),
  objectOf<Branch<"any">>("At least one of these", { any: { must: CONDITIONS } }),
  objectOf<Branch<"not">>("Not this", { not: { must: CONDITION } }),
  {
    ...objectOf<ValueCondition>("A value compared with another", {
      value: { must: described(LINE, "parameters.NAME, each.NAME or each.NAME.1") },
      equals: { may: ANYTHING },
      in: { may: { ...listOf(ANYTHING), minItems: 1, maxItems: 10_000 } },
      atLeast: { may: { type: "number" } },
      atMost: { may: { type: "number" } },
      fits: { may: described(LINE, "A pattern that the whole text fits") },
    }),
    minProperties: 2,
  },
  objectOf<Branch<"exists">>("Files came out", {
    exists: { must: described(LINE, "steps.STEP.OUTPUT or inputs.NAME") },
  }),
]

const POLICY: MembersOf<StepPolicy> = {
  resources: {
    may: objectOf<WrittenResources>("Limits of each job, in place of what the gear asks for", {
      cpus: { may: { type: "number", minimum: 0.01, description: "Processors" } },
      memory: { may: described(LINE, "Such as 8g") },
      disk: { may: described(LINE, "What it writes, such as 20g") },
      time: { may: described(LINE, "Such as 2h30m") },
      gpu: { may: described(COUNT, "Graphics processors") },
    }),
  },
  retry: {
    may: objectOf<Retry>("What is done when it fails", {
      attempts: { must: { type: "integer", minimum: 1, maximum: 100, description: "Tries in all, the first counted" } },
      on: {
        may: {
          ...listOf(oneOfWords(RETRY_CAUSES)),
          minItems: 1,
          uniqueItems: true,
          description: "What is worth another try. Default: all but exit, the gear's own exit code",
        },
      },
      grow: {
        may: objectOf<NonNullable<Retry["grow"]>>("By what is asked grows, where that was what the last try lacked", {
          memory: { may: FACTOR },
          time: { may: FACTOR },
          disk: { may: FACTOR },
        }),
      },
    }),
  },
  priority: { may: { type: "integer", minimum: -1000, maximum: 1000, description: "Higher first. Default 0" } },
  category: { may: described(LINE, "Steps of one category share its limit") },
  reuse: { may: described(oneOfWords(["never"]), "Run it each time, though nothing changed") },
  keep: { may: described(FLAG, "Its outputs stay, whatever the policy of the clean-up") },
}

const STEP = {
  description: { may: TOLD },
  inputs: { may: { ...mapOf(INPUT_SOURCE), maxProperties: 10_000, description: "Files, by input of what is run" } },
  scatter: { may: SCATTER },
  when: { may: described(CONDITION, "It runs only where this holds") },
  after: {
    may: { ...listOf(LINE), maxItems: 10_000, uniqueItems: true, description: "Steps that have to be done before" },
  },
  ...POLICY,
}

const VALUES: JsonObject = { ...mapOf(CONFIG_SOURCE), maxProperties: 1000 }

const STEP_FORMS: readonly JsonObject[] = [
  objectOf<GearStep>("One gear", {
    gear: { must: described(PATH, "name@version, an id, or a path that begins with ./ or /") },
    config: { may: described(VALUES, "Values of the gear's config") },
    network: { may: described(oneOfWords(["outbound"]), "What is granted, where the gear asks for it, too") },
    acceptExitCodes: {
      may: {
        ...listOf({ type: "integer", minimum: 1, maximum: 255 }),
        maxItems: 255,
        uniqueItems: true,
        description: "Exit codes besides 0 that are no failure",
      },
    },
    ...STEP,
  }),
  objectOf<SubWorkflowStep>("Another workflow", {
    workflow: { must: described(PATH, "Its file, from the folder of this one") },
    parameters: { may: described(VALUES, "Values of its parameters") },
    ...STEP,
  }),
]

/** What `propertyNames` says is for editors: draft 4 does not know it, and `findWorkflowFaults` tells it in words. */
const NAMES: JsonObject = { propertyNames: { pattern: "^[A-Za-z][A-Za-z0-9_-]{0,99}$" } }

/** The schema of `workflow.yaml`. */
export const WORKFLOW_SCHEMA: JsonObject = {
  $schema: SCHEMA_DIALECT,
  $id: "geartrain-workflow/1",
  title: "A graph of gears",
  ...objectOf<Workflow>("A workflow, workflow.yaml", {
    workflow: { must: { enum: [1], description: "Version of the format" } },
    name: { must: { type: "string", pattern: "^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$" } },
    description: { may: TOLD },
    parameters: {
      may: {
        ...mapOf(
          objectOf<WorkflowParameter>("A value that may be set", {
            type: { must: oneOfWords(["string", "integer", "number", "boolean", "list"]) },
            default: { may: ANYTHING },
            enum: { may: { ...listOf(ANYTHING), minItems: 1, maxItems: 10_000 } },
            minimum: { may: { type: "number" } },
            maximum: { may: { type: "number" } },
            description: { may: TOLD },
          }),
        ),
        ...NAMES,
        maxProperties: 1000,
      },
    },
    inputs: {
      may: {
        ...mapOf(
          objectOf<WorkflowInput>("Files that are given", {
            takes: { may: described(oneOfWords(["file", "files", "folder"]), "Default: file") },
            type: { may: described(LINE, "File type by name, such as nifti") },
            optional: { may: FLAG },
            default: { may: described(PATH, "What is taken where nothing is given, from the workflow's folder") },
            description: { may: TOLD },
          }),
        ),
        ...NAMES,
        maxProperties: 100_000,
      },
    },
    steps: {
      must: {
        ...mapOf({ $ref: "#/$defs/step" }),
        propertyNames: { pattern: "^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$" },
        minProperties: 1,
        maxProperties: 100_000,
      },
    },
    outputs: {
      may: { ...mapOf(FILE_SOURCE), ...NAMES, maxProperties: 100_000, description: "What the whole gives" },
    },
    defaults: { may: objectOf<StepPolicy>("What holds for steps that do not say it", POLICY) },
    limits: {
      may: objectOf<WorkflowLimits>("What may run at one time, over all steps", {
        jobs: { may: POSITIVE },
        cpus: { may: { type: "number", minimum: 0.01 } },
        memory: { may: described(LINE, "Such as 64g") },
        categories: { may: described(mapOf(POSITIVE), "Jobs at one time, by category") },
      }),
    },
  }),
  $defs: {
    condition: { oneOf: CONDITION_FORMS },
    step: { anyOf: STEP_FORMS },
  },
}
