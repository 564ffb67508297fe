import {
  type Digest,
  type ErrorCode,
  GeartrainError,
  isEnded,
  isGeartrainError,
  type JobId,
  type JobRecord,
  type Verification,
} from "@geartrain/spec"
import { compareOutputs } from "../../provenance/compare-outputs.ts"
import { nowIso } from "../../system/clock.ts"
import { rm } from "../../system/files.ts"
import type { EnginePorts } from "../engine-ports.ts"
import { jobFolders } from "../job-folders.ts"
import type { JobRequest, RunJobOptions } from "../job-request.ts"
import { runJob } from "../phases/run-job.ts"
import { isAlmostFull } from "../phases/watch-limits.ts"
import { areEquivalent } from "../proof/judge-differences.ts"
import { replayRequest, whyOtherInput } from "./replay-request.ts"
import { whyIncomparable, whyUndecided } from "./why-undecided.ts"

export interface Verified {
  readonly verification: Verification
  /** The record of the re-run. */
  readonly job: JobRecord
}

export interface VerifyOptions extends RunJobOptions {
  /** Where inputs lie now: name to path. */
  readonly files?: Readonly<Record<string, string>>
  /** Outputs of which the bytes are wanted: they are stored, where they come out the same, even if the store has no need of them. */
  readonly wanted?: ReadonlySet<Digest>
}

/**
 * Runs a job again, in a fresh place and from its record alone, and compares every output with the first one's, by digest.
 *
 * The verdict is `identical` when both ended with the same exit code and put out the same bytes under the same names, `equivalent` when bytes
 * differ only in what the gear's manifest declares as free, else `different`. It is written to the history of the first job's record.
 *
 * Every input is read to its end before there is a verdict; a large one that, as its file system says, did not change since it was last read is
 * read while the gear runs.
 *
 * An output that comes out the same is read for its digest and not stored a second time, so that bytes that were freed stay so.
 *
 * @throws {GeartrainError} JOB_NOT_ENDED, and what `runJob` throws. What leaves the verdict undecided (an input, the gear or the provider is
 *   gone, the disk is full, the re-run could not be carried out) is written to the history as well, and thrown: JOB_NOT_REPLAYABLE,
 *   PROVIDER_UNAVAILABLE, CAPABILITY_MISSING, ROOT_NOT_FOUND, INPUT_DIGEST_MISMATCH.
 */
export async function verifyJob(record: JobRecord, ports: EnginePorts, options: VerifyOptions = {}): Promise<Verified> {
  if (!isEnded(record.state)) {
    throw new GeartrainError("JOB_NOT_ENDED", `Cannot verify job "${record.id}": it is ${record.state}`, {
      details: { id: record.id, state: record.state },
      hint: `Wait for it: gear logs -f ${record.id}`,
    })
  }
  const why = whyIncomparable(record)
  if (why !== undefined) throw incomparable(record, why)
  try {
    return await runAndCompare(record, ports, options)
  } catch (error) {
    if (isUndeciding(error)) await rememberUndecided(record, ports, error)
    throw error
  }
}

/** Errors that say that nobody can tell now. What the user typed wrong says nothing about the job. */
const UNDECIDING: readonly ErrorCode[] = [
  "JOB_NOT_REPLAYABLE",
  "PROVIDER_UNAVAILABLE",
  "CAPABILITY_MISSING",
  "ROOT_NOT_FOUND",
]

function isUndeciding(error: unknown): error is GeartrainError {
  if (!isGeartrainError(error) || !UNDECIDING.includes(error.code)) return false
  // Who interrupts a re-run, or names a provider that there never was, learns nothing about the job, and nor does its history.
  return error.details["reason"] !== "CANCELLED" && error.details["known"] === undefined
}

async function rememberUndecided(record: JobRecord, ports: EnginePorts, error: GeartrainError): Promise<void> {
  const { rerun, provider } = error.details
  const verification: Verification = {
    at: nowIso(),
    ...(typeof rerun === "string" ? { job: rerun } : {}),
    provider: typeof provider === "string" ? provider : "",
    verdict: "undecided",
    why: error.message,
    differences: [],
  }
  try {
    await ports.jobs.addVerification(record.id, verification)
  } catch (second) {
    // On a full disk nothing can be written down, and that is what the first error says.
    if (!isGeartrainError(second)) throw second
  }
}

async function runAndCompare(record: JobRecord, ports: EnginePorts, options: VerifyOptions): Promise<Verified> {
  const { files = {}, wanted, ...watching } = options
  const request = await replayRequest(record, ports, { files, digests: ports.inputDigests })
  let wasFull = false
  let rerun: JobId | undefined
  const again: JobRequest = { ...request, forVerification: true, isHeld: heldOutputs(record, ports, wanted) }
  const watched: RunJobOptions = {
    ...watching,
    onEvent: async (event) => {
      if (event.type === "created") rerun = event.id
      // A program that does not look whether it could write ends as if it could. Afterwards there is room again.
      if (event.type === "phase" && event.phase === "collecting") wasFull = await isAlmostFull(ports.workFolder)
      await watching.onEvent?.(event)
    },
  }
  const running = runJob(again, ports, watched).catch(async (error: unknown) => {
    if (!isGeartrainError(error, "STORE_FULL")) throw error
    // What it wrote was for the comparison alone; without it there is room to write down that there was none.
    if (rerun !== undefined) await rm(jobFolders(ports.workFolder, rerun).base, { recursive: true, force: true })
    throw diskFull(record, rerun, error)
  })
  // Nothing is proven with bytes that nobody has looked at; but looking can go on beside the run.
  const enough = new AbortController()
  const { signal = enough.signal } = watching
  const reading = whyOtherInput(request, AbortSignal.any([signal, enough.signal]))
  const [job, otherInput] = await Promise.all([running, reading]).finally(() => enough.abort())
  const differences = compareOutputs(record, job)
  const differs = differences.length > 0 || record.exit?.code !== job.exit?.code
  const about = job.state === "cancelled" ? undefined : otherInput
  const why = about ?? (differs && wasFull ? "the disk was about to be full" : whyUndecided(record, job, differs))
  if (why !== undefined || job.exit === undefined) throw noVerdict(record, job, why ?? "the re-run did not end")
  const verification: Verification = {
    at: nowIso(),
    job: job.id,
    provider: job.provider?.name ?? "unknown",
    verdict: record.exit?.code === job.exit.code ? await verdictOf(record, differences, ports) : "different",
    differences,
  }
  await ports.jobs.addVerification(record.id, verification)
  return { verification, job }
}

/** Tells of a digest whether an output of it need not be stored: the first job has it, and its bytes are stored already or were freed. */
function heldOutputs(
  record: JobRecord,
  { blobs }: Pick<EnginePorts, "blobs">,
  wanted: ReadonlySet<Digest> = new Set(),
): NonNullable<JobRequest["isHeld"]> {
  const outputs = new Map(record.outputs.map((output) => [output.digest, output]))
  return async (digest) => {
    const output = outputs.get(digest)
    if (output === undefined || wanted.has(digest)) return false
    return output.freed !== undefined || (await blobs.hold(digest))
  }
}

/** A gear that is no longer kept has no manifest that could declare anything as free. */
async function verdictOf(
  record: JobRecord,
  differences: Verification["differences"],
  ports: EnginePorts,
): Promise<Verification["verdict"]> {
  if (differences.length === 0) return "identical"
  const gear = await ports.gears.getGear(record.gear.id)
  const isFree = gear !== undefined && (await areEquivalent(differences, gear.manifest, ports))
  return isFree ? "equivalent" : "different"
}

function incomparable(record: JobRecord, why: string): GeartrainError {
  return new GeartrainError("JOB_NOT_REPLAYABLE", `Cannot verify job "${record.id}": ${why}`, {
    details: { id: record.id, reason: record.failure?.reason ?? null },
    hint: `Run it anew: gear replay ${record.id}`,
  })
}

function diskFull(record: JobRecord, rerun: JobId | undefined, cause: GeartrainError): GeartrainError {
  return new GeartrainError("JOB_NOT_REPLAYABLE", `Cannot verify job "${record.id}": the disk is full`, {
    details: { id: record.id, rerun: rerun ?? null, reason: "DISK_FULL" },
    hint: "Free some space, such as with gear store gc, and verify again",
    cause,
  })
}

function noVerdict(record: JobRecord, job: JobRecord, why: string): GeartrainError {
  const provider = job.provider?.name ?? null
  return new GeartrainError("JOB_NOT_REPLAYABLE", `Cannot verify job "${record.id}": ${why}`, {
    details: { id: record.id, rerun: job.id, provider, reason: job.failure?.reason ?? null },
    hint: job.failure?.next ?? (why.includes("disk") ? "gear store gc" : `gear show ${job.id}`),
  })
}
