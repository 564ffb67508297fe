import { z } from "zod"
import { ID, JSON_OBJECT, JSON_VALUE, SHORT_TEXT, WHOLE } from "../../http/json-words.ts"
import type { RulePreview } from "../../rules/preview/preview-rule.ts"
import type { ServerRule } from "../../rules/store/server-rule.ts"

/** Schemas of what is said of rules. */

export const PROJECT = z.object({ project: ID })
export const RULE_PARAMS = PROJECT.extend({ rule: ID })

/** Judged by the schema of rules, which tells every fault at its place. */
export const DOCUMENT = JSON_OBJECT.describe("The rule: a document of the schema geartrain-rule/1")

export const RULE = z.object({
  id: ID,
  project: ID,
  rule: JSON_OBJECT,
  confirmedBy: z.string().describe("Whose rights it acts with"),
  confirmedMs: WHOLE,
  createdMs: WHOLE,
  createdBy: z.string(),
  modifiedMs: WHOLE,
  nextMs: WHOLE.optional().describe("When its schedule comes next"),
  revision: WHOLE,
})

export const OUTCOME = z.enum([
  "fired",
  "not-fired",
  "waiting",
  "ambiguous",
  "already-done",
  "loop",
  "no-right",
  "error",
])

const CHAIN = z.array(z.object({ rule: z.string(), job: z.string() })).readonly()

export const DECISION = z.object({
  id: ID,
  rule: ID,
  ruleRevision: WHOLE,
  file: ID,
  fileVersion: WHOLE,
  fileName: z.string(),
  place: ID,
  outcome: OUTCOME,
  says: z.string().describe("Why, as a sentence"),
  code: z.string().optional(),
  verdict: JSON_OBJECT.optional().describe("Every condition, with what there was and what was wanted"),
  job: z.string().optional(),
  chain: CHAIN.describe("Jobs of rules that led to it, the oldest first"),
  cause: z.object({ kind: z.enum(["event", "sweep"]), id: z.string() }),
  atMs: WHOLE,
})

export const EXPLANATION = z.object({
  outcome: z.enum([...OUTCOME.options, "would-fire"]),
  says: z.string(),
  code: z.string().optional(),
  verdict: JSON_OBJECT.optional(),
  job: z.string().optional(),
  chain: CHAIN,
  last: DECISION.optional().describe("What it decided of the file last"),
})

export const SWEEP = z.object({
  id: ID,
  rule: ID,
  cause: z.enum(["apply", "schedule"]),
  state: z.enum(["running", "complete", "cancelled"]),
  counts: z.record(z.string(), WHOLE).readonly().describe("Files by what was decided of them"),
  files: WHOLE,
  createdMs: WHOLE,
  endedMs: WHOLE.optional(),
})

export const PREVIEW_REQUEST = z.object({
  document: DOCUMENT.optional().describe("The rule as it would be; absent: as it is"),
  version: SHORT_TEXT.optional().describe("Another version of its gear"),
  below: z.string().min(1).max(1000).optional().describe("Path below the project; absent: all of it"),
  cursor: z.string().max(5000).optional().describe("The `next` of the page before"),
  limit: z.number().int().min(1).max(500).default(100).describe("Files to look at"),
})

const CHANGE = z.object({
  kind: z.enum(["config", "input"]),
  name: z.string(),
  change: z.enum(["appears", "vanishes", "changes-default", "changes-type", "becomes-required", "becomes-optional"]),
  before: JSON_VALUE.optional(),
  after: JSON_VALUE.optional(),
  used: z.boolean().describe("The rule sets it"),
})

export const PREVIEW = z.object({
  gear: z.object({ id: z.string(), name: z.string(), version: z.string() }),
  changes: z.array(CHANGE).readonly(),
  faults: z.array(z.string()).readonly().describe("What of the rule does not fit the gear: then no file is looked at"),
  counts: z.record(z.string(), WHOLE).readonly(),
  files: z
    .array(z.object({ file: ID, name: z.string(), place: ID, outcome: EXPLANATION.shape.outcome, says: z.string() }))
    .readonly(),
  next: z.string().optional(),
})

/** A rule as it is answered: its document is JSON, whatever its type says. */
export function shownRule(rule: ServerRule): z.infer<typeof RULE> {
  return { ...rule, rule: { ...rule.rule } as unknown as z.infer<typeof JSON_OBJECT> }
}

/** A preview as it is answered. @param next  The cursor of what comes after it. */
export function shownPreview(preview: RulePreview, next: string | undefined): z.infer<typeof PREVIEW> {
  const { next: _, ...told } = preview
  return { ...told, changes: preview.changes.map((change) => ({ ...change })), ...(next === undefined ? {} : { next }) }
}
