import { GeartrainError, isEnded } from "@geartrain/spec"
import { sql } from "kysely"
import type { JobRow } from "../../database/tables/job-tables.ts"
import type { Caller } from "../../people/caller.ts"
import type { QueuePorts } from "../queue-ports.ts"
import { countInLane } from "../states/lanes.ts"
import { noteTransition } from "../states/move-job.ts"
import { keepTags } from "../submit/queue-job.ts"
import { needJob } from "./need-job.ts"

/** What may be changed of a job: nothing that decides its result. */
export interface JobChange {
  /** From -100 to 100. Of a job that has not ended. */
  readonly priority?: number
  readonly tags?: readonly string[]
  readonly label?: string | null
}

/**
 * Changes priority, tags or label of a job.
 *
 * @param change.revision  The one that the caller has seen.
 * @throws {GeartrainError} JOB_NOT_FOUND, NOT_PERMITTED; JOB_ENDED for its priority, which nothing goes by any more; ETAG_MISMATCH when the job is another by now.
 */
export async function changeJob(
  ports: QueuePorts,
  caller: Caller,
  change: { readonly id: string; readonly revision: number | undefined; readonly to: JobChange },
): Promise<JobRow> {
  const before = await needJob(ports, caller, { id: change.id, right: "run", action: "job.change" })
  const revision = change.revision ?? before.revision
  const { priority, tags, label } = change.to
  if (priority !== undefined && isEnded(before.state)) {
    throw new GeartrainError("JOB_ENDED", `Cannot change the priority of job "${change.id}": it is ${before.state}`, {
      hint: "Tags and label can still be changed",
    })
  }
  const changed = await ports.database.write(async (write) => {
    const row = await write.sql
      .updateTable("jobs")
      .set({
        ...(priority === undefined ? {} : { priority }),
        ...(tags === undefined ? {} : { tags: JSON.stringify(tags) }),
        ...(label === undefined ? {} : { label }),
        revision: sql`revision + 1`,
      })
      .where("id", "=", change.id)
      .where("revision", "=", revision)
      // It may end meanwhile.
      .$if(priority !== undefined, (update) => update.where("state", "in", ["pending", "running"]))
      .returningAll()
      .executeTakeFirst()
    if (row === undefined) return undefined
    if (tags !== undefined) await keepTags(write, row, tags)
    if (priority !== undefined) await countInLane(write, row.lane, { pending: 0, running: 0 })
    await noteTransition(write, row, { atMs: ports.now(), byUser: caller.user })
    return row
  })
  if (changed !== undefined) return changed
  throw new GeartrainError("ETAG_MISMATCH", `Cannot change job "${change.id}": it is not as you have seen it`, {
    hint: "Read it again, and send what it says as If-Match",
  })
}
