import { GeartrainError } from "@geartrain/spec"
import type { LogReply } from "@geartrain/spec/server"
import type { Write } from "../../database/database.ts"
import type { AttemptRow } from "../../database/tables/job-tables.ts"
import type { Caller } from "../../people/caller.ts"
import { attemptStale, type HeldAttempt, needAttempt } from "../attempts/need-attempt.ts"
import type { QueuePorts } from "../queue-ports.ts"
import { needRunner } from "../runners/need-runner.ts"
import { lockJob } from "../states/lock-job.ts"

/** Bytes of a piece of log at most. */
export const MOST_CHUNK_BYTES = 1024 * 1024

/**
 * Takes the n-th piece of an attempt's log. The same piece again changes nothing, and one that comes before its time is refused, so that a byte
 * has one place. Of a log that is longer than allowed, the middle goes: what a job began with and what it ended with tell most.
 *
 * @throws {GeartrainError} RUNNER_NOT_FOUND; ATTEMPT_STALE; LOG_CHUNK_GAP with the number that is next; REQUEST_TOO_LARGE.
 */
export async function appendChunk(
  ports: QueuePorts,
  caller: Caller,
  chunk: HeldAttempt & { readonly n: number; readonly bytes: Uint8Array },
): Promise<LogReply> {
  await needRunner(ports.database.read, caller, chunk.runner)
  if (chunk.bytes.length > MOST_CHUNK_BYTES) {
    throw new GeartrainError("REQUEST_TOO_LARGE", `Cannot take ${chunk.bytes.length} bytes of log at once`, {
      hint: `Send ${MOST_CHUNK_BYTES} at most`,
    })
  }
  return ports.database.write(async (write) => {
    const job = await lockJob(ports, write, chunk.job)
    const attempt = await needAttempt(write.sql, chunk)
    const isCancelled = typeof job?.cancel_requested_ms === "number"
    if (chunk.n < attempt.log_chunks) return { cancel: isCancelled }
    if (job === undefined || job.state !== "running" || job.attempt !== chunk.attempt) throw attemptStale(chunk)
    if (chunk.n > attempt.log_chunks) {
      throw new GeartrainError(
        "LOG_CHUNK_GAP",
        `Cannot take piece ${chunk.n} of the log: ${attempt.log_chunks} is next`,
        {
          details: { next: attempt.log_chunks },
          hint: "Send the pieces in their order",
        },
      )
    }
    await insertChunk(ports, write, { attempt, chunk })
    write.wake(`log:${chunk.job}`)
    return { cancel: isCancelled }
  })
}

async function insertChunk(
  ports: QueuePorts,
  write: Write,
  to: { readonly attempt: AttemptRow; readonly chunk: { readonly n: number; readonly bytes: Uint8Array } },
): Promise<void> {
  const { attempt, chunk } = to
  const { job, attempt: n } = attempt
  const size = chunk.bytes.length
  const half = Math.floor(ports.queueSettings.mostLogBytes / 2)
  await write.sql
    .insertInto("job_logs")
    .values({ job, attempt: n, n: chunk.n, start: attempt.log_bytes, size, bytes: chunk.bytes })
    .execute()
  const bytes = attempt.log_bytes + size
  const isHead = attempt.log_dropped_bytes === 0 && bytes <= half
  const head = isHead ? bytes : attempt.log_head_bytes
  const kept = bytes - attempt.log_dropped_bytes
  const dropped =
    kept > ports.queueSettings.mostLogBytes
      ? await dropMiddle(write, { attempt, over: kept - ports.queueSettings.mostLogBytes })
      : 0
  await write.sql
    .updateTable("attempts")
    .set({
      log_chunks: chunk.n + 1,
      log_bytes: bytes,
      log_head_bytes: head,
      log_dropped_bytes: attempt.log_dropped_bytes + dropped,
    })
    .where("job", "=", job)
    .where("attempt", "=", n)
    .execute()
}

/** Drops whole pieces after the beginning, the oldest first; at least `over` bytes. */
async function dropMiddle(
  write: Write,
  from: { readonly attempt: AttemptRow; readonly over: number },
): Promise<number> {
  const { attempt, over } = from
  const chunks = await write.sql
    .selectFrom("job_logs")
    .select(["n", "size"])
    .where("job", "=", attempt.job)
    .where("attempt", "=", attempt.attempt)
    .where("start", ">=", attempt.log_head_bytes)
    .orderBy("n")
    // Pieces may be of one byte each.
    .limit(5000)
    .execute()
  let dropped = 0
  let last = -1
  for (const { n, size } of chunks) {
    if (dropped >= over) break
    dropped += size
    last = n
  }
  await write.sql
    .deleteFrom("job_logs")
    .where("job", "=", attempt.job)
    .where("attempt", "=", attempt.attempt)
    .where("start", ">=", attempt.log_head_bytes)
    .where("n", "<=", last)
    .execute()
  return dropped
}
