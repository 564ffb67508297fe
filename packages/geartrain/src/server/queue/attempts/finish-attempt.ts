import { canonicalJson, GeartrainError, isGeartrainError, type JsonObject, REASONS } from "@geartrain/spec"
import type { FinishReply, FinishRequest } from "@geartrain/spec/server"
import { sha256 } from "../../../system/hash.ts"
import type { Write } from "../../database/database.ts"
import type { JobRow } from "../../database/tables/job-tables.ts"
import type { Caller } from "../../people/caller.ts"
import type { JobOutput } from "../jobs/job-facts.ts"
import { keepLog } from "../logs/keep-log.ts"
import type { QueuePorts } from "../queue-ports.ts"
import { needRunner } from "../runners/need-runner.ts"
import { lockJob } from "../states/lock-job.ts"
import { moveJob } from "../states/move-job.ts"
import { loseAttempt } from "./end-attempt.ts"
import { attemptStale, type HeldAttempt, needAttempt } from "./need-attempt.ts"

/**
 * Ends an attempt with what came of it: in one transaction the attempt, the job's state, its files at the destination and the events, or
 * nothing of that. The same request again is answered the same.
 *
 * What a job by content put out stays with it. A job that was cancelled meanwhile is cancelled, and nothing of it is saved. One that the platform failed is tried again, if it was not tried
 * too often. Outputs of a failed job stay with the job, and are not saved at its destination.
 *
 * @throws {GeartrainError} RUNNER_NOT_FOUND; ATTEMPT_STALE; ATTEMPT_ENDED when it was finished otherwise; LOG_CHUNKS_MISSING;
 *   OUTPUT_BYTES_MISSING.
 */
export async function finishAttempt(
  ports: QueuePorts,
  caller: Caller,
  asked: { readonly held: HeldAttempt; readonly finish: FinishRequest },
): Promise<FinishReply> {
  const { held, finish } = asked
  await needRunner(ports.database.read, caller, held.runner)
  const digest = sha256(Buffer.from(canonicalJson(finish as unknown as JsonObject)))
  await needBytes(ports, finish)
  const ending = { held, finish, digest }
  const reply = await ports.database
    .write((write) => finishIn(ports, write, ending))
    .catch(async (error: unknown) => {
      const failed = asFailure(finish, error)
      if (failed === undefined) throw error
      // What it put out stays with the job, since it cannot go where it should.
      return ports.database.write((write) => finishIn(ports, write, { ...ending, finish: failed }))
    })
  // The job has ended, whatever becomes of this: its log stays in pieces then, and upkeep tries again and tells.
  await keepLog(ports, held).catch(() => undefined)
  return reply
}

interface Ending {
  readonly held: HeldAttempt
  readonly finish: FinishRequest
  /** Of the request as it came. */
  readonly digest: string
}

async function finishIn(ports: QueuePorts, write: Write, { held, finish, digest }: Ending): Promise<FinishReply> {
  const { job: id, attempt: n } = held
  const job = await lockJob(ports, write, id)
  const attempt = await needAttempt(write.sql, held)
  if (attempt.finish_digest !== null && attempt.finish_state !== null) {
    if (attempt.finish_digest === digest) return { job: id, attempt: n, state: stateOf(attempt.finish_state) }
    throw new GeartrainError("ATTEMPT_ENDED", `Attempt ${n} of job "${id}" has ended already, and otherwise`)
  }
  if (job === undefined || job.state !== "running" || job.attempt !== n) throw attemptStale(held)
  if (attempt.log_chunks < finish.logChunks) {
    throw new GeartrainError("LOG_CHUNKS_MISSING", `Cannot finish job "${id}": parts of its log did not arrive`, {
      details: { have: attempt.log_chunks, want: finish.logChunks },
      hint: "Send the log from there on, and finish again",
    })
  }
  const now = await endJob(ports, write, { job, finish })
  await write.sql
    .updateTable("attempts")
    .set({ finish_digest: digest, finish_state: now.state })
    .where("job", "=", id)
    .where("attempt", "=", n)
    .execute()
  return { job: id, attempt: n, state: stateOf(now.state) }
}

async function endJob(
  ports: QueuePorts,
  write: Write,
  ending: { readonly job: JobRow; readonly finish: FinishRequest },
): Promise<JobRow> {
  const { job, finish } = ending
  const measured = {
    exit_code: finish.exitCode ?? null,
    usage: finish.usage === undefined ? null : JSON.stringify(finish.usage),
    record_digest: finish.recordDigest ?? null,
    outputs: JSON.stringify(finish.outputs),
  }
  await keepBlobs(write, job.id, finish)
  const isCancelled = job.cancel_requested_ms !== null || finish.state === "cancelled"
  if (!isCancelled && finish.state === "failed" && culpritOf(finish) === "platform") {
    const reason = finish.reason ?? "PROVIDER_FAILED"
    const message = finish.message ?? REASONS[reason].says
    const lost = { state: "failed", reason, culprit: "platform", message } as const
    const now = await loseAttempt(ports, write, { ...lost, job, attemptChange: measured })
    if (now === undefined) throw attemptStale({ job: job.id, attempt: job.attempt })
    return now
  }
  const state = isCancelled ? "cancelled" : finish.state
  const why = isCancelled
    ? { reason: "CANCELLED", culprit: "user", message: finish.message ?? null }
    : { reason: finish.reason ?? null, culprit: culpritOf(finish) ?? null, message: finish.message ?? null }
  const atMs = ports.now()
  const { usage: _, ...ofJob } = measured
  const now = await moveJob(write, job.id, {
    from: "running",
    to: state,
    attempt: job.attempt,
    change: { ...ofJob, ...why, phase: null, lease_until_ms: null, ended_ms: atMs },
    atMs,
  })
  if (now === undefined) throw attemptStale({ job: job.id, attempt: job.attempt })
  await write.sql
    .updateTable("attempts")
    .set({ ...measured, ...why, state, ended_ms: atMs })
    .where("job", "=", job.id)
    .where("attempt", "=", job.attempt)
    .execute()
  if (state === "complete" && job.by_content === 0) await saveOutputs(ports, write, { job, finish })
  await ports.jobTokens.end(write, { job: job.id, attempt: job.attempt })
  write.wake(`log:${job.id}`)
  return now
}

function culpritOf(finish: FinishRequest): FinishRequest["culprit"] {
  if (finish.state === "complete") return undefined
  return finish.culprit ?? (finish.reason === undefined ? "unknown" : REASONS[finish.reason].culprit)
}

/** The publishing: what the job put out becomes files of its destination. */
async function saveOutputs(
  ports: QueuePorts,
  write: Write,
  ending: { readonly job: JobRow; readonly finish: FinishRequest },
): Promise<void> {
  const { job, finish } = ending
  const saved = await ports.jobArchive.saveResults(write, {
    job: job.id,
    attempt: job.attempt,
    gear: { id: job.gear, name: job.gear_name, version: job.gear_version },
    user: job.owner,
    project: job.project,
    destination: { type: job.destination_type, id: job.destination_id },
    outputs: finish.outputs,
    ...(finish.metadata === undefined ? {} : { metadata: finish.metadata }),
  })
  const byName = new Map(saved.map((file) => [file.name, file]))
  const outputs: readonly JobOutput[] = finish.outputs.map((output) => {
    const file = byName.get(output.name)
    return file === undefined ? output : { ...output, file: file.file, version: file.version }
  })
  const said = { outputs: JSON.stringify(outputs) }
  await write.sql.updateTable("jobs").set(said).where("id", "=", job.id).execute()
  await write.sql
    .updateTable("attempts")
    .set(said)
    .where("job", "=", job.id)
    .where("attempt", "=", job.attempt)
    .execute()
}

async function keepBlobs(write: Write, job: string, finish: FinishRequest): Promise<void> {
  const digests = new Set<string>(finish.outputs.map(({ digest }) => digest))
  const rows = [...digests].map((digest) => ({ digest, job, is: "output" as const }))
  const record = finish.recordDigest === undefined ? [] : [{ digest: finish.recordDigest, job, is: "record" as const }]
  const all = [...rows, ...record]
  for (let at = 0; at < all.length; at += 5000) {
    await write.sql
      .insertInto("job_blobs")
      .values(all.slice(at, at + 5000))
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
}

/** Bytes come before anything names them. */
async function needBytes(ports: QueuePorts, finish: FinishRequest): Promise<void> {
  const record = finish.recordDigest === undefined ? [] : [{ name: "the record", digest: finish.recordDigest }]
  const names = new Map([...finish.outputs, ...record].map(({ name, digest }) => [digest, name]))
  const missing: string[] = []
  for (const [digest, name] of names) {
    if ((await ports.blobs.stat(digest)) === undefined) missing.push(name)
  }
  if (missing.length === 0) return
  throw new GeartrainError(
    "OUTPUT_BYTES_MISSING",
    `Cannot finish the job: the bytes of "${missing[0]}" are not stored`,
    {
      details: { missing: missing.slice(0, 100) },
      hint: "Store them first: PUT /api/v1/blobs/DIGEST",
    },
  )
}

/** What becomes of a complete job whose results the archive refuses; undefined for errors that are not about them. */
function asFailure(finish: FinishRequest, error: unknown): FinishRequest | undefined {
  if (finish.state !== "complete" || !isGeartrainError(error)) return undefined
  const { metadata: _, ...kept } = finish
  const failed = { ...kept, state: "failed", message: error.message } as const
  if (error.code === "PLACE_NOT_FOUND") return { ...failed, reason: "DESTINATION_GONE", culprit: "user" }
  if (error.code === "QUOTA_EXCEEDED") return { ...failed, reason: "OUTPUT_REFUSED", culprit: "resources" }
  if (error.code === "METADATA_UNFIT") return { ...failed, reason: "METADATA_INVALID", culprit: "gear" }
  if (error.code === "NAME_UNFIT") return { ...failed, reason: "OUTPUT_REFUSED", culprit: "gear" }
  return undefined
}

function stateOf(state: string): FinishReply["state"] {
  return state === "complete" || state === "failed" || state === "cancelled" ? state : "pending"
}
