import type { AttemptName, HeartbeatReply, HeartbeatRequest, HeartbeatVerdict } from "@geartrain/spec/server"
import { sql } from "kysely"
import type { Write } from "../../database/database.ts"
import type { Caller } from "../../people/caller.ts"
import type { QueuePorts } from "../queue-ports.ts"
import { noteTransition } from "../states/move-job.ts"
import { needRunner } from "./need-runner.ts"
import { NO_REST } from "./say-hello.ts"

/**
 * Renews the leases of what a runner still runs, and says of each job whether to go on. Apart from the work, so that a runner with much to do
 * does not look dead.
 *
 * A lease that is over, but was not noticed yet, is renewed: nothing was given to anybody else.
 *
 * @throws {GeartrainError} RUNNER_NOT_FOUND
 */
export async function heartbeat(
  ports: QueuePorts,
  caller: Caller,
  beat: HeartbeatRequest & { readonly runner: string },
): Promise<HeartbeatReply> {
  const runner = await needRunner(ports.database.read, caller, beat.runner)
  const { leaseMs } = ports.queueSettings
  const nowMs = ports.now()
  const rest = beat.rest === undefined ? NO_REST : { rest_until_ms: nowMs + beat.rest.leftMs, rest_why: beat.rest.why }
  const jobs = await ports.database.write(async (write) => {
    await write.sql
      .updateTable("runners")
      .set({ seen_ms: nowMs, free: beat.free, draining: beat.draining ? 1 : 0, ...rest })
      .where("id", "=", runner.id)
      .execute()
    const verdicts: (AttemptName & { readonly verdict: HeartbeatVerdict })[] = []
    // In one order, so that two transactions do not wait for each other's rows.
    for (const held of beat.jobs.toSorted((a, b) => (a.job < b.job ? -1 : 1))) {
      const { job, attempt } = held
      verdicts.push({ job, attempt, verdict: await renew(ports, write, { ...held, runner: runner.id }) })
    }
    return verdicts
  })
  return { jobs, drain: runner.drained === 1, leaseMs }
}

async function renew(
  ports: QueuePorts,
  write: Write,
  held: HeartbeatRequest["jobs"][number] & { readonly runner: string },
): Promise<HeartbeatVerdict> {
  const { job, attempt, runner, phase } = held
  const nowMs = ports.now()
  const mine = write.sql
    .updateTable("jobs")
    .set({ lease_until_ms: nowMs + ports.queueSettings.leaseMs })
    .where("id", "=", job)
    .where("attempt", "=", attempt)
    .where("runner", "=", runner)
    .where("state", "=", "running")
  const row = await mine.returningAll().executeTakeFirst()
  if (row === undefined) return "stale"
  if (row.phase !== phase) {
    const moved = await write.sql
      .updateTable("jobs")
      .set({ phase, revision: sql`revision + 1` })
      .where("id", "=", job)
      .returningAll()
      .executeTakeFirstOrThrow()
    await noteTransition(write, moved, { atMs: nowMs })
  }
  return row.cancel_requested_ms === null ? "go on" : "cancel"
}
