import { type Failure, REASONS } from "../job/failure.ts"
import {
  type HeldCondition,
  type InputOrigin,
  JOB_RECORD_FORMAT,
  type JobRecord,
  type Limits,
  type OutputFile,
  type PromisedOutput,
  type SkippedOutput,
  type Usage,
  type Verification,
} from "../job/job-record.ts"
import { JOB_STATES } from "../job/job-state.ts"
import type { JsonObject } from "../json/json-value.ts"
import { listOf, mapOf, objectOf } from "../schema/parts/object-schema.ts"
import {
  AMOUNT,
  COUNT,
  DIGEST,
  described,
  FLAG,
  JOB_ID,
  oneOfWords,
  PLATFORM,
  SCHEMA_DIALECT,
  TEXT,
  TIME,
} from "../schema/parts/value-schemas.ts"
import { GEAR_ORIGIN_PART } from "./gear-schema.ts"
import { INVOCATION_PART } from "./invocation-schema.ts"

const PHASES = oneOfWords(["preparing", "executing", "collecting"])

const FAILURE = objectOf<Failure>("Why the job did not complete", {
  reason: { must: oneOfWords(Object.keys(REASONS)) },
  culprit: { must: oneOfWords(["gear", "input", "config", "resources", "platform", "user", "unknown"]) },
  message: { must: described(TEXT, "One sentence, with the figures of this job") },
  evidence: { may: described(TEXT, "What shows it: a line of the log, or what the system counted") },
  next: { must: described(TEXT, "The command to type next") },
})

const GEAR = objectOf<JobRecord["gear"]>("The gear that ran", {
  id: { must: DIGEST },
  name: { must: TEXT },
  version: { must: TEXT },
  platform: { must: PLATFORM },
  tree: { must: DIGEST },
  origin: { must: GEAR_ORIGIN_PART },
  development: { may: described({ const: true }, "A folder that was mounted as it was, whose bytes are not kept") },
})

const INPUT = objectOf<InputOrigin>("Where an input lay", {
  path: { must: described(TEXT, "Absolute, on the machine that ran the job") },
  sizeBytes: { must: COUNT },
  recalled: {
    may: described(
      { const: true },
      "Its digest was known from an earlier job, and its file system said that it had not changed since",
    ),
  },
})

const SENSITIVITY = oneOfWords(["public", "internal", "personal"])

const OUTPUT = objectOf<OutputFile>("A file as it came out", {
  path: { must: { type: "string", minLength: 1, description: "Relative to the output folder" } },
  digest: { must: DIGEST },
  sizeBytes: { must: COUNT },
  type: { may: described(TEXT, "File type by name") },
  executable: { may: { const: true } },
  output: { may: described(TEXT, "What the gear's manifest calls it") },
  sensitivity: { may: SENSITIVITY },
  freed: { may: described(TIME, "Since when its bytes are no longer stored: removed to make room, to be made again") },
})

const PROMISED = objectOf<PromisedOutput>("An output that the gear's manifest promises", {
  files: { must: described(listOf(TEXT), "Patterns of paths in the output folder") },
  type: { may: TEXT },
  sensitivity: { may: SENSITIVITY },
  optional: { may: FLAG },
})

const SKIPPED = objectOf<SkippedOutput>("A name in the output folder that was not collected", {
  path: { must: TEXT },
  why: { must: TEXT },
})

const LIMITS = objectOf<Limits>("Limits that were asked for", {
  memoryBytes: { may: COUNT },
  cpuCores: { may: AMOUNT },
  processes: { may: COUNT },
  outputBytes: { may: COUNT },
  timeMs: { may: AMOUNT },
})

const USAGE = objectOf<Usage>("What the job used", {
  wallMs: { must: AMOUNT },
  cpuMs: { may: AMOUNT },
  peakMemoryBytes: { may: COUNT },
  readBytes: { may: COUNT },
  writtenBytes: { may: COUNT },
  method: { must: oneOfWords(["cgroup", "sampled", "none"]) },
})

const DIFFERENCE = objectOf<Verification["differences"][number]>("An output that differs", {
  path: { must: TEXT },
  here: { may: described(DIGEST, "What this job wrote; absent when it did not write the file") },
  there: { may: described(DIGEST, "What the other job wrote") },
})

const VERIFICATION = objectOf<Verification>("An attempt to run the job again and to compare the outputs", {
  at: { must: TIME },
  job: { may: described(JOB_ID, "The re-run; absent where there was none, so that the verdict is undecided") },
  provider: { must: TEXT },
  verdict: { must: oneOfWords(["identical", "equivalent", "different", "undecided"]) },
  why: { may: described(TEXT, "Why it is undecided") },
  differences: { must: listOf(DIFFERENCE) },
})

const CONDITION = objectOf<HeldCondition>("Something that the run was held to", {
  name: { must: described(TEXT, "A stable word, such as threads or clock") },
  says: { must: described(TEXT, "For people; ends a sentence") },
})

const HOST = objectOf<JobRecord["host"]>("The machine", {
  name: { must: TEXT },
  kernel: { must: TEXT },
  architecture: { must: TEXT },
  cpus: { must: COUNT },
  memoryBytes: { must: COUNT },
})

/** The published schema of a job's record. */
export const JOB_RECORD_SCHEMA: JsonObject = {
  $schema: SCHEMA_DIALECT,
  $id: "urn:geartrain:job-record:1",
  title: "Record of a job",
  ...objectOf<JobRecord>("Everything about one job, in one document", {
    format: { must: { const: JOB_RECORD_FORMAT } },
    id: { must: JOB_ID },
    state: { must: oneOfWords(JOB_STATES) },
    phase: { may: described(PHASES, "Only while the job runs") },
    failure: { may: FAILURE },
    gear: { must: GEAR },
    invocation: { must: INVOCATION_PART },
    invocationDigest: { must: DIGEST },
    command: { must: described(listOf(TEXT), "The argument list of the gear's process") },
    inputs: { must: mapOf(INPUT) },
    outputs: { must: listOf(OUTPUT) },
    skippedOutputs: { must: listOf(SKIPPED) },
    promised: { may: mapOf(PROMISED) },
    provider: {
      may: objectOf<NonNullable<JobRecord["provider"]>>("What isolated the gear", {
        name: { must: TEXT },
        version: { must: TEXT },
        rootless: { must: FLAG },
      }),
    },
    host: { must: HOST },
    engine: {
      must: objectOf<JobRecord["engine"]>("What ran the job", { version: { must: TEXT }, node: { must: TEXT } }),
    },
    limits: { must: LIMITS },
    usage: { may: USAGE },
    exit: {
      may: objectOf<NonNullable<JobRecord["exit"]>>("How the gear's process ended", {
        code: { must: { type: "integer" } },
        signal: { may: TEXT },
        outOfMemory: { may: { const: true } },
      }),
    },
    log: {
      may: objectOf<NonNullable<JobRecord["log"]>>("The log, as a blob", {
        digest: { must: DIGEST },
        sizeBytes: { must: COUNT },
        lines: { must: COUNT },
        droppedBytes: { must: COUNT },
      }),
    },
    logLines: {
      may: objectOf<NonNullable<JobRecord["logLines"]>>("Of the log, while outputs are collected", {
        lines: { must: COUNT },
        droppedBytes: { must: COUNT },
      }),
    },
    created: { must: TIME },
    started: { may: TIME },
    ended: { may: TIME },
    phasesMs: {
      may: objectOf<NonNullable<JobRecord["phasesMs"]>>("How long each phase took", {
        preparing: { may: AMOUNT },
        executing: { may: AMOUNT },
        collecting: { may: AMOUNT },
      }),
    },
    replayOf: { may: JOB_ID },
    forVerification: { may: described({ const: true }, "Done to compare the outputs, and not to have them") },
    conditions: { may: described(listOf(CONDITION), "An experiment: what the run was held to") },
    history: { must: listOf(VERIFICATION) },
  }),
}
