import type { RunnerRow } from "../../database/tables/queue-tables.ts"
import type { Caller } from "../../people/caller.ts"
import { presentSince } from "../jobs/read-waiting.ts"
import type { QueuePorts } from "../queue-ports.ts"

/** A runner as admins see it. */
export interface RunnerFacts {
  readonly id: string
  readonly name: string
  readonly host: string
  readonly slots: number
  readonly free: number
  readonly running: number
  readonly labels: Readonly<Record<string, string>>
  readonly capabilities: readonly string[]
  readonly versions: Readonly<Record<string, string>>
  readonly machine: { readonly cpus: number; readonly memoryBytes: number; readonly gpus: number }
  /** `away`: not heard of for a lease. `drained`: takes no new jobs, by an admin's word or its own. `resting`: nor for a while. */
  readonly state: "ready" | "resting" | "drained" | "away"
  /** While it rests: until when it takes no jobs, and the reason of the failure of its machine's that this began with. */
  readonly rest?: { readonly untilMs: number; readonly why: string }
  readonly createdMs: number
  readonly seenMs: number
}

/** All runners there ever were, those heard of last first. @throws {GeartrainError} NOT_PERMITTED */
export async function listRunners(ports: QueuePorts, caller: Caller): Promise<readonly RunnerFacts[]> {
  await ports.access.needSiteAdmin(caller, "runner.list")
  const { read } = ports.database
  const rows = await read.selectFrom("runners").selectAll().orderBy("seen_ms", "desc").limit(10_000).execute()
  const running = await read
    .selectFrom("jobs")
    .select(({ fn }) => ["runner", fn.countAll<number>().as("count")])
    .where("state", "=", "running")
    .groupBy("runner")
    .execute()
  const countOf = new Map(running.map(({ runner, count }) => [runner, Number(count)]))
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    host: row.host,
    slots: row.slots,
    free: row.free,
    running: countOf.get(row.id) ?? 0,
    labels: JSON.parse(row.labels) as Record<string, string>,
    capabilities: JSON.parse(row.capabilities) as string[],
    versions: JSON.parse(row.versions) as Record<string, string>,
    machine: { cpus: row.cpus, memoryBytes: row.memory_bytes, gpus: row.gpus },
    ...standingOf(row, ports),
    createdMs: row.created_ms,
    seenMs: row.seen_ms,
  }))
}

function standingOf(row: RunnerRow, ports: QueuePorts): Pick<RunnerFacts, "state" | "rest"> {
  if (row.seen_ms < presentSince(ports)) return { state: "away" }
  if (row.drained === 1 || row.draining === 1) return { state: "drained" }
  const { rest_until_ms: untilMs, rest_why: why } = row
  const isResting = untilMs !== null && why !== null && untilMs > ports.now()
  return isResting ? { state: "resting", rest: { untilMs, why } } : { state: "ready" }
}
