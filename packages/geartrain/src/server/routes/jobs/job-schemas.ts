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

export const ORDER = z.object({
  gear: z.string().min(1).max(300).describe("Id, name, or name@version"),
  config: JSON_OBJECT.exactOptional(),
  inputs: z.record(z.string().max(255), z.union([REFERENCE, z.array(REFERENCE).max(50_000)])).exactOptional(),
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

export const CHANGE = z.object({
  priority: PRIORITY.exactOptional(),
  tags: NAMES.exactOptional(),
  label: SHORT_TEXT.nullable().exactOptional(),
})

export const SUMMARY = z.object({
  id: ID,
  project: z.string(),
  destination: DESTINATION,
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

const OUTPUT = z.object({
  name: z.string(),
  digest: DIGEST,
  sizeBytes: WHOLE,
  type: z.string().optional(),
  file: z.string().optional(),
  version: WHOLE.optional(),
})

const INPUT = z.object({
  input: z.string(),
  file: z.string(),
  version: WHOLE,
  name: z.string(),
  digest: DIGEST,
  sizeBytes: WHOLE,
  object: JSON_OBJECT,
  place: DESTINATION,
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
