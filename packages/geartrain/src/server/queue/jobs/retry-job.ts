import { GeartrainError, isEnded } from "@geartrain/spec"
import type { JobRow } from "../../database/tables/job-tables.ts"
import type { Caller } from "../../people/caller.ts"
import type { QueuePorts } from "../queue-ports.ts"
import { moveJob } from "../states/move-job.ts"
import type { QueuedInput } from "../submit/job-order.ts"
import { needJob } from "./need-job.ts"

/**
 * Tries a job that has ended again, as a new attempt of the same job: the same gear, the same bytes of its inputs, the same config. All facts
 * of the attempts before stay.
 *
 * @param options.again  Also one that is complete.
 * @throws {GeartrainError} JOB_NOT_FOUND, NOT_PERMITTED; JOB_NOT_ENDED; JOB_COMPLETE unless `again`; GEAR_DISABLED; BLOB_NOT_FOUND when bytes
 *   of an input are gone.
 */
export async function retryJob(
  ports: QueuePorts,
  caller: Caller,
  options: { readonly id: string; readonly again?: boolean },
): Promise<JobRow> {
  const row = await needJob(ports, caller, { id: options.id, right: "run", action: "job.retry" })
  if (!isEnded(row.state)) {
    throw new GeartrainError("JOB_NOT_ENDED", `Cannot retry job "${row.id}": it is ${row.state}`)
  }
  if (row.state === "complete" && options.again !== true) {
    throw new GeartrainError("JOB_COMPLETE", `Cannot retry job "${row.id}": it is complete`, {
      hint: 'Ask for it with "again", if it is to be done once more',
    })
  }
  await refuseWhatIsGone(ports, caller, row)
  const nowMs = ports.now()
  const attempt = (await hasAttempt(ports, row)) ? row.attempt + 1 : row.attempt
  const changed = await ports.database.write((write) =>
    moveJob(write, row.id, {
      from: row.state,
      to: "pending",
      attempt: row.attempt,
      change: {
        attempt,
        most_attempts: attempt + ports.queueSettings.mostAttempts - 1,
        runner: null,
        phase: null,
        lease_until_ms: null,
        cancel_requested_ms: null,
        reason: null,
        culprit: null,
        message: null,
        exit_code: null,
        ended_ms: null,
        queued_ms: nowMs,
      },
      atMs: nowMs,
      byUser: caller.user,
    }),
  )
  if (changed !== undefined) return changed
  throw new GeartrainError("JOB_NOT_ENDED", `Cannot retry job "${row.id}": somebody else does so already`)
}

/** A job that was cancelled before it ever ran begins with its first attempt. */
async function hasAttempt(ports: QueuePorts, row: JobRow): Promise<boolean> {
  const found = await ports.database.read
    .selectFrom("attempts")
    .select("attempt")
    .where("job", "=", row.id)
    .where("attempt", "=", row.attempt)
    .executeTakeFirst()
  return found !== undefined
}

async function refuseWhatIsGone(ports: QueuePorts, caller: Caller, row: JobRow): Promise<void> {
  // Its key would be that of who started it.
  if (row.keys !== "[]" && row.owner !== caller.user && !caller.siteAdmin) {
    throw new GeartrainError("NOT_PERMITTED", `Cannot retry job "${row.id}": it has a key of the user who started it`, {
      hint: "Submit it as a job of your own",
    })
  }
  const gear = await ports.database.read
    .selectFrom("gears")
    .select("state")
    .where("id", "=", row.gear)
    .executeTakeFirstOrThrow()
  if (gear.state === "disabled") {
    throw new GeartrainError("GEAR_DISABLED", `Cannot retry job "${row.id}": gear "${row.gear_name}" is disabled`)
  }
  for (const { name, digest } of JSON.parse(row.inputs) as QueuedInput[]) {
    if ((await ports.blobs.stat(digest)) !== undefined) continue
    throw new GeartrainError(
      "BLOB_NOT_FOUND",
      `Cannot retry job "${row.id}": the bytes of its input "${name}" are gone`,
    )
  }
}
