import { explainWaiting } from "@geartrain/spec/server"
import type { JobRow } from "../../database/tables/job-tables.ts"
import { explainWait } from "../claim/explain-wait.ts"
import { readRunners, readView } from "../claim/read-view.ts"
import type { QueuePorts } from "../queue-ports.ts"
import type { Waiting } from "./job-facts.ts"

/** More are not counted: nobody reads more from it than that it takes long. */
const MOST_COUNTED = 10_000

/** Why a pending job waits, and behind how many. */
export async function readWaiting(
  ports: QueuePorts,
  job: Pick<JobRow, "id" | "lane" | "priority" | "queued_ms">,
): Promise<Waiting | undefined> {
  const { read } = ports.database
  const view = await readView(read)
  const lane = view.lanes.find(({ id }) => id === job.lane)
  // It began to run just now.
  if (lane === undefined) return undefined
  const runners = await readRunners(read, { seenMs: presentSince(ports) })
  const reason = explainWait(lane, view, runners)
  return { reason, message: explainWaiting(reason), ahead: await countAhead(ports, job) }
}

/** A runner that was not heard of since then is not there. */
export function presentSince(ports: QueuePorts): number {
  return ports.now() - ports.queueSettings.leaseMs
}

async function countAhead(
  ports: QueuePorts,
  job: Pick<JobRow, "id" | "lane" | "priority" | "queued_ms">,
): Promise<number> {
  const ahead = await ports.database.read
    .selectFrom((from) =>
      from
        .selectFrom("jobs")
        .select("id")
        .where("lane", "=", job.lane)
        .where("state", "=", "pending")
        .where(({ eb, or, and }) =>
          or([
            eb("priority", ">", job.priority),
            and([eb("priority", "=", job.priority), eb("queued_ms", "<", job.queued_ms)]),
            and([eb("priority", "=", job.priority), eb("queued_ms", "=", job.queued_ms), eb("id", "<", job.id)]),
          ]),
        )
        .limit(MOST_COUNTED)
        .as("ahead"),
    )
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow()
  return Number(ahead.count)
}
