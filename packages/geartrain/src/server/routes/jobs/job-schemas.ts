import { JOB_STATES, type JobState } from "@geartrain/spec"
import { WAITING_REASONS, type WaitingReason } from "@geartrain/spec/server"
import { z } from "zod"
import { DESTINATION, DIGEST, ID, JSON_OBJECT, JSON_VALUE, SHORT_TEXT, WHOLE } from "../../http/json-words.ts"
import { LIMITS, RESOURCES, USAGE } from "../runners/runner-schemas.ts"

/** Schemas of what is said of jobs. */

export const STATE = z.enum(JOB_STATES as [JobState, ...JobState[]])
const NAMES = z.array(SHORT_TEXT).max(100)
const PRIORITY = z.number().int().min(-100).max(100).describe("The highest of one user's jobs goes first")

const REFERENCE = z.string().min(1).max(4096).describe("file:ID, file:ID@VERSION, or group/project/…/files/NAME")

const CONTENT_FILE = z.object({
  input: z.string().min(1).max(2048).describe("Name of the input; of one that takes several files, INPUT/NAME"),
  from: z.string().min(1).max(4200).describe("file:ID, file:ID@VERSION, or job:ID/PATH for what a job put out"),
  name: z.string().min(1).max(255).describe("What the gear sees"),
  digest: DIGEST.describe("The bytes have to be these"),
  type: SHORT_TEXT.exactOptional().describe("Over what the name tells"),
})

const BY_CONTENT = z
  .object({
    files: z.array(CONTENT_FILE).max(50_000),
    contexts: z.record(z.string().max(255), JSON_VALUE).exactOptional(),
  })
  .describe(
    "Instead of inputs and keys: the gear sees these files and no places, as on a machine of your own; what it puts out stays with the job, and the destination, which has to be named, is for rights, limits and accounting",
  )

const ORDER_MEMBERS = z.object({
  id: ID.exactOptional().describe("The id that the job shall have; the same order again answers that job"),
  gear: z.string().min(1).max(300).describe("Id, name, or name@version"),
  config: JSON_OBJECT.exactOptional(),
  inputs: z.record(z.string().max(255), z.union([REFERENCE, z.array(REFERENCE).max(50_000)])).exactOptional(),
  byContent: BY_CONTENT.exactOptional(),
  destination: z.string().min(1).max(4096).exactOptional().describe("Id or path of a place"),
  keys: NAMES.exactOptional().describe("API-key inputs that are granted"),
  network: z.enum(["none", "outbound"]).exactOptional(),
  priority: PRIORITY.exactOptional(),
  tags: NAMES.exactOptional(),
  label: SHORT_TEXT.exactOptional(),
  limits: LIMITS.exactOptional(),
  resources: RESOURCES.exactOptional(),
  reuse: z.boolean().exactOptional().describe("Answer with a job that did the same already, if there is one"),
})

export const ORDER = ORDER_MEMBERS.refine(
  ({ byContent, inputs, keys }) => byContent === undefined || (inputs === undefined && keys === undefined),
  { error: "an order by content has no inputs and no keys beside it", path: ["byContent"] },
)

export const CHANGE = z.object({
  priority: PRIORITY.exactOptional(),
  tags: NAMES.exactOptional(),
  label: SHORT_TEXT.nullable().exactOptional(),
})

export const SUMMARY = z.object({
  id: ID,
  project: z.string(),
  destination: DESTINATION,
  byContent: z.literal(true).optional().describe("Its gear sees no place, and what it puts out stays with it"),
  gear: z.object({ id: z.string(), name: z.string(), version: z.string() }),
  state: STATE,
  phase: z.string().optional(),
  reason: z.string().optional(),
  culprit: z.string().optional(),
  message: z.string().optional(),
  priority: z.number(),
  tags: z.array(z.string()).readonly(),
  label: z.string().optional(),
  owner: z.string(),
  origin: z.object({ type: z.string(), id: z.string().optional() }),
  batch: z.string().optional(),
  attempt: WHOLE,
  createdMs: WHOLE,
  queuedMs: WHOLE,
  startedMs: WHOLE.optional(),
  endedMs: WHOLE.optional(),
  exitCode: z.number().optional(),
  cancelRequestedMs: WHOLE.optional(),
  runner: z.string().optional(),
  revision: WHOLE,
})

const PUT_OUT = z.object({
  digest: DIGEST,
  sizeBytes: WHOLE,
  type: z.string().exactOptional(),
  output: z.string().exactOptional().describe("What the gear's manifest calls it"),
  executable: z.literal(true).exactOptional(),
  sensitivity: z.enum(["public", "internal", "personal"]).exactOptional(),
})

const OUTPUT = PUT_OUT.extend({ name: z.string(), file: z.string().optional(), version: WHOLE.optional() })

const INPUT = z.object({
  input: z.string(),
  file: z.string().optional(),
  version: WHOLE.optional(),
  job: z.string().optional().describe("Of what a job put out: which"),
  output: z.string().optional().describe("Its path there"),
  name: z.string(),
  digest: DIGEST,
  sizeBytes: WHOLE,
  object: JSON_OBJECT,
  place: DESTINATION.optional(),
})

const ATTEMPT = z.object({
  attempt: WHOLE,
  runner: z.object({ id: z.string(), name: z.string().optional(), host: z.string().optional() }),
  state: z.string(),
  reason: z.string().optional(),
  culprit: z.string().optional(),
  message: z.string().optional(),
  exitCode: z.number().optional(),
  startedMs: WHOLE,
  endedMs: WHOLE.optional(),
  usage: USAGE.optional(),
  outputs: z.array(OUTPUT).readonly(),
  recordDigest: z.string().optional(),
  log: z.object({ bytes: WHOLE, droppedBytes: WHOLE, digest: z.string().optional() }),
})

export const FACTS = SUMMARY.extend({
  config: JSON_OBJECT,
  inputs: z.array(INPUT).readonly(),
  contexts: z.record(z.string(), JSON_VALUE),
  keys: z.array(z.object({ name: z.string(), readOnly: z.boolean() })).readonly(),
  network: z.enum(["none", "outbound"]),
  invocationDigest: DIGEST,
  limits: LIMITS,
  resources: RESOURCES,
  outputs: z.array(OUTPUT).readonly(),
  recordDigest: z.string().optional(),
  attempts: z.array(ATTEMPT).readonly(),
  transitions: z
    .array(
      z.object({
        atMs: WHOLE,
        attempt: WHOLE,
        state: STATE,
        phase: z.string().optional(),
        reason: z.string().optional(),
        byUser: z.string().optional(),
      }),
    )
    .readonly(),
  waiting: z
    .object({
      reason: z.enum(Object.keys(WAITING_REASONS) as [WaitingReason, ...WaitingReason[]]),
      message: z.string(),
      ahead: WHOLE,
    })
    .optional(),
})

export const SUBMITTED = z.object({
  job: SUMMARY,
  how: z.enum(["queued", "repeated", "reused"]),
  same: ID.optional().describe("A complete job that did the same before"),
})

export const SAME_QUERY = z.object({
  invocations: z.array(DIGEST).min(1).max(1000),
  acceptExitCodes: z
    .array(z.number().int().min(-1).max(1_000_000))
    .max(256)
    .exactOptional()
    .describe("Where none ended well, one that ended by itself with one of these will do"),
})

export const SAME_JOBS = z.object({
  items: z
    .array(
      z.object({
        invocation: DIGEST,
        job: ID,
        state: z.enum(["complete", "failed"]),
        exitCode: z.number().exactOptional(),
        outputs: z.array(PUT_OUT.extend({ path: z.string() })).readonly(),
        wallMs: z.number(),
        endedMs: WHOLE,
      }),
    )
    .readonly(),
  unasked: z.array(DIGEST).readonly().describe("Not looked at, since the answer would be too long: ask for them again"),
})
