import { type Culprit, type JobPhase, type Limits, REASONS, type Reason, type Usage } from "@geartrain/spec"
import type {
  ClaimReply,
  ClaimRequest,
  FinishReply,
  FinishRequest,
  HeartbeatReply,
  HeartbeatRequest,
  HelloReply,
  HelloRequest,
  JobResources,
  LogReply,
  ReleaseRequest,
} from "@geartrain/spec/server"
import { z } from "zod"
import { DESTINATION, DIGEST, ID, JSON_OBJECT, JSON_VALUE, SHORT_TEXT, WHOLE } from "../../http/json-words.ts"

const PHASE = z.enum(["preparing", "executing", "collecting"]) satisfies z.ZodType<JobPhase>
const ATTEMPT = z.number().int().min(1).max(1_000_000)
const WORDS = z.record(SHORT_TEXT, z.string().max(256))
const NAME = { job: ID, attempt: ATTEMPT }

export const LIMITS = z.object({
  memoryBytes: WHOLE.min(1).exactOptional(),
  cpuCores: z.number().positive().max(100_000).exactOptional(),
  processes: WHOLE.min(1).exactOptional(),
  outputBytes: WHOLE.min(1).exactOptional(),
  timeMs: WHOLE.min(1).exactOptional(),
}) satisfies z.ZodType<Limits>

export const RESOURCES = z.object({
  cpus: z.number().positive().max(100_000).exactOptional(),
  memoryBytes: WHOLE.min(1).exactOptional(),
  gpus: WHOLE.max(1000).exactOptional(),
  labels: WORDS.exactOptional(),
  capabilities: z.array(SHORT_TEXT).max(100).readonly().exactOptional(),
}) satisfies z.ZodType<JobResources>

export const HELLO_REQUEST = z.object({
  name: SHORT_TEXT.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/).describe("Letters, digits, dot, - and _"),
  host: SHORT_TEXT,
  slots: z.number().int().min(1).max(10_000),
  labels: WORDS,
  capabilities: z.array(SHORT_TEXT).max(100),
  versions: WORDS,
  machine: z.object({ cpus: z.number().int().min(1).max(100_000), memoryBytes: WHOLE, gpus: WHOLE }),
}) satisfies z.ZodType<HelloRequest>

export const HELLO_REPLY = z.object({
  runner: ID,
  heartbeatMs: WHOLE,
  leaseMs: WHOLE,
  serverTimeMs: WHOLE,
}) satisfies z.ZodType<HelloReply>

export const CLAIM_REQUEST = z.object({
  free: z.number().int().min(0).max(10_000),
  waitMs: z.number().int().min(0).max(30_000),
}) satisfies z.ZodType<ClaimRequest>

export const CLAIM_REPLY = z.object({
  jobs: z
    .array(
      z.object({
        ...NAME,
        leaseMs: WHOLE,
        token: z.string(),
        gear: z.object({
          id: DIGEST,
          name: z.string(),
          version: z.string(),
          manifest: JSON_OBJECT,
          imageDigest: DIGEST,
          imageBytes: WHOLE,
        }),
        config: JSON_OBJECT,
        inputs: z
          .array(
            z.object({
              input: z.string(),
              name: z.string(),
              digest: DIGEST,
              sizeBytes: WHOLE,
              object: JSON_OBJECT,
              place: DESTINATION.exactOptional(),
            }),
          )
          .readonly(),
        contexts: z.record(z.string(), JSON_VALUE),
        keys: z.array(z.string()).readonly(),
        destination: DESTINATION.exactOptional(),
        limits: LIMITS,
        resources: RESOURCES,
        network: z.enum(["none", "outbound"]),
        invocationDigest: DIGEST,
      }),
    )
    .readonly(),
}) satisfies z.ZodType<ClaimReply>

export const HEARTBEAT_REQUEST = z.object({
  jobs: z.array(z.object({ ...NAME, phase: PHASE })).max(10_000),
  free: z.number().int().min(0).max(10_000),
  draining: z.boolean(),
  rest: z.object({ leftMs: WHOLE, why: SHORT_TEXT }).exactOptional(),
}) satisfies z.ZodType<HeartbeatRequest>

export const HEARTBEAT_REPLY = z.object({
  jobs: z.array(z.object({ ...NAME, verdict: z.enum(["go on", "cancel", "stale"]) })).readonly(),
  drain: z.boolean(),
  leaseMs: WHOLE,
}) satisfies z.ZodType<HeartbeatReply>

export const LOG_REPLY = z.object({ cancel: z.boolean() }) satisfies z.ZodType<LogReply>

const REASON = z.enum(Object.keys(REASONS) as [Reason, ...Reason[]])
const CULPRIT = z.enum([
  "gear",
  "input",
  "config",
  "resources",
  "platform",
  "user",
  "unknown",
]) satisfies z.ZodType<Culprit>

/** A path below the output folder, as `collectOutputs` writes it. */
const OUTPUT_NAME = z
  .string()
  .min(1)
  .max(4096)
  .refine(
    (path) => path.split("/").every((step) => step !== "" && step !== "." && step !== ".." && !step.includes("\0")),
    {
      error: "has to be a path below the output folder",
    },
  )

export const USAGE = z.object({
  wallMs: z.number().min(0),
  cpuMs: z.number().min(0).exactOptional(),
  peakMemoryBytes: WHOLE.exactOptional(),
  readBytes: WHOLE.exactOptional(),
  writtenBytes: WHOLE.exactOptional(),
  method: z.enum(["cgroup", "sampled", "none"]),
}) satisfies z.ZodType<Usage>

export const FINISH_REQUEST = z.object({
  state: z.enum(["complete", "failed", "cancelled"]),
  reason: REASON.exactOptional(),
  culprit: CULPRIT.exactOptional(),
  message: z.string().max(10_000).exactOptional(),
  exitCode: z.number().int().min(-1).max(1_000_000).exactOptional(),
  outputs: z
    .array(
      z.object({
        name: OUTPUT_NAME,
        digest: DIGEST,
        sizeBytes: WHOLE,
        type: SHORT_TEXT.exactOptional(),
        output: SHORT_TEXT.exactOptional(),
        executable: z.literal(true).exactOptional(),
        sensitivity: z.enum(["public", "internal", "personal"]).exactOptional(),
      }),
    )
    .max(100_000),
  metadata: JSON_VALUE.exactOptional(),
  usage: USAGE.exactOptional(),
  recordDigest: DIGEST.exactOptional(),
  logChunks: WHOLE,
}) satisfies z.ZodType<FinishRequest>

export const FINISH_REPLY = z.object({
  ...NAME,
  state: z.enum(["pending", "complete", "failed", "cancelled"]),
}) satisfies z.ZodType<FinishReply>

export const RELEASE_REQUEST = z.object({ reason: z.string().min(1).max(1000) }) satisfies z.ZodType<ReleaseRequest>
