import { z } from "zod"
import { TARGET_OUTCOMES } from "../../batch/accounts/batch-accounts.ts"
import type { BatchTarget, ServerBatch } from "../../batch/server-batch.ts"
import { ID, JSON_OBJECT, SHORT_TEXT, WHOLE } from "../../http/json-words.ts"

/** Schemas of what is said of batches. */

export const BATCH_PARAMS = z.object({ batch: ID })

const PATH = z
  .string()
  .min(1)
  .max(2000)
  .regex(/^[^\0]*$/)

const PATTERN = z.object({
  name: SHORT_TEXT.optional().describe("With * and ?"),
  type: SHORT_TEXT.optional(),
  tag: SHORT_TEXT.optional(),
})

export const CHOICE = z.object({
  inputs: z.record(z.string().max(256), PATTERN).optional().describe("What a file has to be, by input"),
  picks: z
    .record(ID, z.record(z.string().max(256), ID))
    .optional()
    .describe("Files that are picked: ids by place and input"),
})

const LIMITS = z.object({
  memoryBytes: WHOLE.min(1).exactOptional(),
  cpuCores: z.number().positive().max(100_000).exactOptional(),
  processes: WHOLE.min(1).exactOptional(),
  outputBytes: WHOLE.min(1).exactOptional(),
  timeMs: WHOLE.min(1).exactOptional(),
})

export const REQUEST = CHOICE.extend({
  gear: SHORT_TEXT.describe("Name, name@version, or id"),
  label: SHORT_TEXT.optional(),
  targets: z.object({
    places: z.array(PATH).max(10_000).optional().describe("Ids or paths"),
    collection: ID.optional(),
    query: z
      .object({
        type: z.enum(["project", "subject", "session", "acquisition"]),
        below: PATH.optional().describe("Path below the project"),
        label: SHORT_TEXT.optional().describe("With * and ?"),
        tag: SHORT_TEXT.optional(),
      })
      .optional(),
  }),
  config: JSON_OBJECT.optional(),
  optional: z.enum(["ignore", "flexible", "require"]).optional().describe("Of inputs that the gear does not require"),
  look: z.enum(["here", "below"]).optional().describe("Where files are looked for. Default below"),
  again: z.boolean().optional().describe("Run also what was done already"),
  tags: z.array(SHORT_TEXT).max(50).optional(),
  priority: z.number().int().min(-100).max(100).optional(),
  limits: LIMITS.optional(),
  network: z.enum(["none", "outbound"]).optional(),
})

export const CHANGES = z.object({ config: JSON_OBJECT.optional(), limits: LIMITS.optional() })

const COUNT = WHOLE

export const BATCH = z.object({
  id: ID,
  project: ID,
  label: z.string().optional(),
  gear: z.object({ id: z.string(), name: z.string(), version: z.string() }),
  request: JSON_OBJECT,
  proposal: z.string().describe("Names what was proposed: running it says which proposal was seen"),
  state: z.enum(["proposed", "running", "complete", "partly failed", "failed", "cancelled"]),
  cancelling: z.boolean(),
  owner: z.string(),
  createdMs: WHOLE,
  startedMs: WHOLE.optional(),
  endedMs: WHOLE.optional(),
  revision: WHOLE,
  accounts: z
    .object({
      targets: COUNT,
      outcomes: z.object({
        "will-run": COUNT,
        "already-done": COUNT,
        ambiguous: COUNT,
        "no-match": COUNT,
        "no-permission": COUNT,
      }),
      notSubmitted: COUNT,
      refused: COUNT,
      jobs: z.object({ pending: COUNT, running: COUNT, complete: COUNT, failed: COUNT, cancelled: COUNT }),
    })
    .describe("Outcomes add up to targets; jobs, refused and not submitted to those that will run"),
})

export const TARGET_OUTCOME = z.enum(TARGET_OUTCOMES)

const SHOWN_FILE = z.object({ id: ID, name: z.string(), path: z.string() })

export const TARGET = z.object({
  n: WHOLE,
  place: z.object({ type: z.string(), id: z.string() }),
  path: z.string(),
  outcome: TARGET_OUTCOME,
  says: z.string().describe("Why, as a sentence"),
  matches: z
    .array(
      z.object({
        input: z.string(),
        required: z.boolean(),
        fitting: z.array(SHOWN_FILE).readonly(),
        fittingCount: WHOLE,
        misses: z
          .array(SHOWN_FILE.extend({ because: z.string() }))
          .readonly()
          .describe("Where none fits: what comes nearest"),
      }),
    )
    .readonly(),
  inputs: z.record(
    z.string(),
    z.array(z.object({ id: ID, version: WHOLE, name: z.string(), digest: z.string() })).readonly(),
  ),
  job: z.string().optional(),
  jobState: z.string().optional(),
  tries: WHOLE,
  refused: z.object({ code: z.string(), says: z.string() }).optional(),
})

export const FAILURE_GROUP = z.object({
  group: z.string(),
  reason: z.string(),
  message: z.string().describe("What the messages have in common"),
  count: WHOLE,
  example: z.object({
    n: WHOLE,
    path: z.string(),
    job: z.string().optional(),
    reason: z.string(),
    message: z.string(),
  }),
})

/** A batch as it is answered: its request is JSON, whatever its type says. */
export function shownBatch(batch: ServerBatch): z.infer<typeof BATCH> {
  return { ...batch, request: { ...batch.request } as unknown as z.infer<typeof JSON_OBJECT> }
}

export function shownTarget(target: BatchTarget): z.infer<typeof TARGET> {
  return { ...target, inputs: { ...target.inputs } }
}
