import type { Caller } from "../../people/caller.ts"
import type { QueuePorts } from "../queue-ports.ts"
import type { SameJob } from "./job-order.ts"

/** The latest complete job that did the same, if the caller may see it. */
export async function findSameJob(
  ports: QueuePorts,
  caller: Caller,
  reuseDigest: string,
): Promise<SameJob | undefined> {
  const row = await ports.database.read
    .selectFrom("jobs")
    .select(["id", "project", "state", "ended_ms"])
    .where("reuse_digest", "=", reuseDigest)
    .where("state", "=", "complete")
    .orderBy("ended_ms", "desc")
    .limit(1)
    .executeTakeFirst()
  if (row === undefined || !(await ports.access.may(caller, "read", row.project))) return undefined
  return { id: row.id, state: row.state, endedMs: row.ended_ms ?? 0 }
}
