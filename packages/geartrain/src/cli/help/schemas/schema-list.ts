import type { JsonObject } from "@geartrain/spec"

/** A document that has a schema. */
export interface ListedSchema {
  readonly says: string
  readonly load: () => Promise<JsonObject>
}

/** Schemas by the name that `gear schema` prints them under. */
export const SCHEMAS: Readonly<Record<string, ListedSchema>> = {
  "gear-manifest": {
    says: "What a gear says of itself, in manifest.json",
    load: async () => (await import("@geartrain/spec/schemas")).GEAR_MANIFEST_SCHEMA,
  },
  "gear-additions": {
    says: "What a gear manifest can say beyond the specification, in custom.geartrain",
    load: async () => (await import("@geartrain/spec/additions")).GEAR_ADDITIONS_SCHEMA,
  },
  gear: {
    says: "A gear as it is kept",
    load: async () => (await import("@geartrain/spec/schemas")).GEAR_SCHEMA,
  },
  invocation: {
    says: "Everything that decides a job's result",
    load: async () => (await import("@geartrain/spec/schemas")).INVOCATION_SCHEMA,
  },
  "job-record": {
    says: "Everything about one job",
    load: async () => (await import("@geartrain/spec/schemas")).JOB_RECORD_SCHEMA,
  },
  recipe: {
    says: "What a gear is built from, in gear.yaml",
    load: async () => (await import("@geartrain/spec/schemas")).RECIPE_SCHEMA,
  },
  "gear-test": {
    says: "An example of a gear's with what has to come of it, in tests/*.yaml",
    load: async () => (await import("@geartrain/spec/schemas")).GEAR_TEST_SCHEMA,
  },
  badge: {
    says: "What repeating a gear's own tests has shown: the predicate of a signed badge",
    load: async () => (await import("@geartrain/spec/schemas")).BADGE_SCHEMA,
  },
  hierarchy: {
    says: "An archive of one project, for gear run --hierarchy",
    load: async () => (await import("@geartrain/spec/schemas")).HIERARCHY_SCHEMA,
  },
  pipeline: {
    says: "One gear over folders whose content changes, in pipeline.yaml",
    load: async () => (await import("@geartrain/spec/schemas")).PIPELINE_SCHEMA,
  },
  rule: {
    says: "Which jobs data of a project call for, on a server",
    load: async () => (await import("@geartrain/spec/schemas")).RULE_SCHEMA,
  },
  workflow: {
    says: "A graph of gears, in workflow.yaml",
    load: async () => (await import("@geartrain/spec/schemas")).WORKFLOW_SCHEMA,
  },
  reply: {
    says: "What a command answers with --json",
    load: async () => (await import("./reply-schema.ts")).REPLY_SCHEMA,
  },
}
