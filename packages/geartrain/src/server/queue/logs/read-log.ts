import type { Digest } from "@geartrain/spec"
import type { Queries } from "../../database/database.ts"
import type { AttemptRow } from "../../database/tables/job-tables.ts"
import type { QueuePorts } from "../queue-ports.ts"

/** A stretch of a log. */
export interface LogPiece {
  /** Of its first byte, counted from the beginning of the log; later than asked for where the middle was dropped. */
  readonly offset: number
  readonly bytes: Uint8Array
}

/** Reads an attempt's log from a byte on, piece by piece, to where it ends now. */
export async function* readLog(
  ports: QueuePorts,
  attempt: Pick<AttemptRow, "job" | "attempt">,
  from: number,
): AsyncGenerator<LogPiece> {
  const now = await findAttempt(ports.database.read, attempt)
  if (now === undefined) return
  if (now.log_digest !== null) return yield* readBlob(ports, now, from)
  let at = from
  for (;;) {
    const chunk = await nextChunk(ports.database.read, attempt, at)
    if (chunk !== undefined) {
      const skip = Math.max(0, at - chunk.start)
      yield { offset: chunk.start + skip, bytes: Buffer.from(chunk.bytes).subarray(skip) }
      at = chunk.start + chunk.size
      continue
    }
    // It may have become a blob meanwhile.
    const later = await findAttempt(ports.database.read, attempt)
    if (later !== undefined && later.log_digest !== null && at < later.log_bytes) yield* readBlob(ports, later, at)
    return
  }
}

function findAttempt(
  queries: Queries,
  { job, attempt }: Pick<AttemptRow, "job" | "attempt">,
): Promise<AttemptRow | undefined> {
  return queries
    .selectFrom("attempts")
    .selectAll()
    .where("job", "=", job)
    .where("attempt", "=", attempt)
    .executeTakeFirst()
}

function nextChunk(queries: Queries, { job, attempt }: Pick<AttemptRow, "job" | "attempt">, from: number) {
  return queries
    .selectFrom("job_logs")
    .select(["start", "size", "bytes"])
    .where("job", "=", job)
    .where("attempt", "=", attempt)
    .where(({ eb }) => eb(eb("start", "+", eb.ref("size")), ">", from))
    .orderBy("n")
    .limit(1)
    .executeTakeFirst()
}

/** The blob has the beginning and the end; between them lay what was dropped. */
async function* readBlob(ports: QueuePorts, attempt: AttemptRow, from: number): AsyncGenerator<LogPiece> {
  const { log_head_bytes: head, log_dropped_bytes: dropped } = attempt
  let stored = 0
  for await (const bytes of ports.blobs.get(attempt.log_digest as Digest)) {
    // A piece may reach from the beginning into the end.
    const cut = dropped > 0 && stored < head ? Math.min(bytes.length, head - stored) : bytes.length
    for (const part of [bytes.subarray(0, cut), bytes.subarray(cut)]) {
      if (part.length === 0) continue
      const start = dropped > 0 && stored >= head ? stored + dropped : stored
      stored += part.length
      const skip = Math.max(0, from - start)
      if (skip < part.length) yield { offset: start + skip, bytes: part.subarray(skip) }
    }
  }
}
