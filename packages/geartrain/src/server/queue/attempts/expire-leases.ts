import type { Queries } from "../../database/database.ts"
import type { JobRow } from "../../database/tables/job-tables.ts"
import type { QueuePorts } from "../queue-ports.ts"
import { lockJob } from "../states/lock-job.ts"
import { loseAttempt } from "./end-attempt.ts"

/** So many are looked at in a row. */
const AT_ONCE = 200

/**
 * Ends the attempts of runners that were not heard of for a lease. The server does that, and nobody else: a runner that is gone tells nothing.
 *
 * @param options.graceUntilMs  Until then nothing expires: see `makeExpiry`.
 * @returns How many jobs were taken from their runners.
 */
export async function expireLeases(
  ports: QueuePorts,
  options: { readonly graceUntilMs?: number } = {},
): Promise<number> {
  const nowMs = ports.now()
  if (nowMs < (options.graceUntilMs ?? 0)) return 0
  let expired = 0
  for (;;) {
    const late = await lateJobs(ports.database.read, nowMs)
    let count = 0
    for (const job of late) count += Number(await expireOne(ports, job.id))
    expired += count
    // Those that are left were renewed meanwhile.
    if (count === 0 || late.length < AT_ONCE) return expired
  }
}

/**
 * Makes what an upkeep calls at every tick. When the server, or its database, was away, nobody could renew anything: all leases get one more
 * from then on.
 */
export function makeExpiry(ports: QueuePorts): () => Promise<number> {
  const { leaseMs } = ports.queueSettings
  let lastMs = Number.NEGATIVE_INFINITY
  let graceUntilMs = 0
  return async () => {
    const nowMs = ports.now()
    if (nowMs - lastMs > leaseMs) graceUntilMs = nowMs + leaseMs
    const expired = await expireLeases(ports, { graceUntilMs })
    // Not reached while the database is away.
    lastMs = ports.now()
    return expired
  }
}

function lateJobs(queries: Queries, nowMs: number): Promise<readonly Pick<JobRow, "id">[]> {
  return queries
    .selectFrom("jobs")
    .select("id")
    .where("state", "=", "running")
    .where("lease_until_ms", "<", nowMs)
    .orderBy("lease_until_ms")
    .limit(AT_ONCE)
    .execute()
}

async function expireOne(ports: QueuePorts, id: string): Promise<boolean> {
  return ports.database.write(async (write) => {
    // A heartbeat that is on its way is waited for, and counts.
    const job = await lockJob(ports, write, id)
    const isLate = job?.state === "running" && job.lease_until_ms !== null && job.lease_until_ms < ports.now()
    if (job === undefined || !isLate) return false
    const message = `runner "${job.runner ?? ""}" was not heard of for its lease`
    const lost = await loseAttempt(ports, write, {
      job,
      state: "lost",
      reason: "RUNNER_LOST",
      culprit: "platform",
      message,
    })
    return lost !== undefined
  })
}
