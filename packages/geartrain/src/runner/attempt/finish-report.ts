import {
  type Culprit,
  type Digest,
  type Fault,
  isGeartrainError,
  type JobRecord,
  type JsonValue,
  type Reason,
} from "@geartrain/spec"
import type { FinishRequest } from "@geartrain/spec/server"
import { isDiskFull } from "../../engine/phases/finish-job.ts"

/** A server takes no longer ones. */
const MOST_MESSAGE = 10_000

/** What is known of an attempt that was carried out, beside its record. */
export interface Sent {
  readonly logChunks: number
  readonly recordDigest: Digest
  /** What the gear wrote to `.metadata.json`. */
  readonly metadata?: JsonValue | undefined
}

/** How an attempt went that the engine has a record of. */
export function reportOf(record: JobRecord, { metadata, ...sent }: Sent): FinishRequest {
  const { failure, exit, usage, state } = record
  if (state === "pending" || state === "running") throw new TypeError(`Job ${record.id} has not ended`)
  return {
    state,
    ...(failure === undefined
      ? {}
      : { reason: failure.reason, culprit: failure.culprit, message: failure.message.slice(0, MOST_MESSAGE) }),
    ...(exit === undefined ? {} : { exitCode: exit.code }),
    outputs: record.outputs.map(({ path: name, freed: _, ...output }) => ({ name, ...output })),
    ...(metadata === undefined ? {} : { metadata }),
    ...(usage === undefined ? {} : { usage }),
    ...sent,
  }
}

/** Cancelled before the engine had anything to do with it. */
export const CANCELLED_EARLY: FinishRequest = {
  state: "cancelled",
  reason: "CANCELLED",
  culprit: "user",
  message: "The job was cancelled before its gear was started",
  outputs: [],
  logChunks: 0,
}

/** Whose fault it is that an attempt could not even begin, in the words that jobs are told in. */
const CULPRITS: Readonly<Record<Fault, Culprit>> = {
  user: "config",
  gear: "gear",
  backend: "platform",
  platform: "platform",
}

/** An attempt that failed before there was a record of it: an input that is not there, or a gear that this machine cannot run. */
export function brokenReport(error: unknown, doing: "inputs" | "gear" | "job"): FinishRequest {
  const message = (error instanceof Error ? error.message : String(error)).slice(0, MOST_MESSAGE)
  const reason: Reason = isDiskFull(error) ? "DISK_FULL" : doing === "inputs" ? "INPUT_UNREADABLE" : "PROVIDER_FAILED"
  const culprit = isGeartrainError(error) ? CULPRITS[error.fault] : "platform"
  return { state: "failed", reason, culprit, message, outputs: [], logChunks: 0 }
}

/**
 * What is told of an attempt whose result the server does not take, however often it is sent: names longer than can be told, or metadata that its
 * database cannot keep. The job has failed then; tried again, it would come to the same.
 *
 * @returns undefined for an error that says nothing of the result.
 */
export function refusedReport(report: FinishRequest, error: unknown): FinishRequest | undefined {
  const isTooLarge = isGeartrainError(error, "REQUEST_TOO_LARGE")
  if (!isTooLarge && !isGeartrainError(error, "REQUEST_INVALID")) return undefined
  const { metadata, outputs, ...rest } = report
  const isOfMetadata = !isTooLarge && metadata !== undefined
  return {
    ...rest,
    state: "failed",
    reason: isOfMetadata ? "METADATA_INVALID" : "OUTPUT_REFUSED",
    culprit: "gear",
    message: `The server does not take what the gear left behind: ${error.message}`.slice(0, MOST_MESSAGE),
    outputs: isOfMetadata ? outputs : [],
  }
}
