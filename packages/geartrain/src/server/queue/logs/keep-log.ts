import type { AttemptName } from "@geartrain/spec/server"
import { holdBlobs } from "../../archive/blobs/hold-blobs.ts"
import type { QueuePorts } from "../queue-ports.ts"
import { readLog } from "./read-log.ts"

/**
 * Turns the pieces of an ended attempt's log into one blob, and removes them. When that fails they stay, and `keepLooseLogs` tries again.
 */
export async function keepLog(ports: QueuePorts, { job, attempt }: AttemptName): Promise<void> {
  const { read } = ports.database
  const row = await read
    .selectFrom("attempts")
    .select(["log_digest", "ended_ms"])
    .where("job", "=", job)
    .where("attempt", "=", attempt)
    .executeTakeFirst()
  if (row === undefined || row.log_digest !== null || row.ended_ms === null) return
  const stored = await ports.blobs.put(bytesOf(ports, { job, attempt }))
  const { digest } = stored
  await ports.database.write((write) => holdBlobs(write.sql, [stored]))
  // An equal log that nothing needed any more may have been removed before it was held.
  if ((await ports.blobs.stat(digest)) === undefined) return
  await ports.database.write(async (write) => {
    await write.sql
      .insertInto("job_blobs")
      .values({ digest, job, is: "log" })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    await write.sql
      .updateTable("attempts")
      .set({ log_digest: digest })
      .where("job", "=", job)
      .where("attempt", "=", attempt)
      .execute()
    await write.sql.deleteFrom("job_logs").where("job", "=", job).where("attempt", "=", attempt).execute()
  })
}

/** Logs of attempts that ended without their runner, or while the server was ended: called by upkeep. */
export async function keepLooseLogs(ports: QueuePorts): Promise<number> {
  const loose = await ports.database.read
    .selectFrom("attempts")
    .select(["job", "attempt"])
    .where("log_digest", "is", null)
    .where("ended_ms", "is not", null)
    .limit(1000)
    .execute()
  for (const attempt of loose) await keepLog(ports, attempt)
  return loose.length
}

async function* bytesOf(ports: QueuePorts, attempt: AttemptName): AsyncGenerator<Uint8Array> {
  for await (const { bytes } of readLog(ports, attempt, 0)) yield bytes
}
