import type { JobResources } from "@geartrain/spec/server"
import type { Queries } from "../../database/database.ts"
import type { LaneRow, RunnerRow } from "../../database/tables/queue-tables.ts"
import type { Lane, QueueLimit, QueueLimits, QueueView, RunnerView, Turns } from "./queue-view.ts"

/** Owner of the row with the turn that was given last. */
export const LAST_TURN = "*"

/** Reads all that decides about the queue: rows of lanes, however many jobs wait in them. */
export async function readView(queries: Queries): Promise<QueueView> {
  const [lanes, limits, turns] = [await readLanes(queries), await readLimits(queries), await readTurns(queries)]
  return { lanes, limits, turns }
}

async function readLanes(queries: Queries): Promise<readonly Lane[]> {
  const rows = await queries
    .selectFrom("lanes")
    .selectAll()
    .where(({ eb, or }) => or([eb("pending", ">", 0), eb("running", ">", 0)]))
    .execute()
  const known = new Map<string, JobResources>()
  return rows.map((row) => laneOf(row, known))
}

function laneOf(row: LaneRow, known: Map<string, JobResources>): Lane {
  // Lanes differ in their users far more than in what they ask for.
  const resources = known.get(row.resources) ?? (JSON.parse(row.resources) as JobResources)
  known.set(row.resources, resources)
  const { id, owner, project, group_id: group, pending, running, head_priority, head_queued_ms } = row
  const head = { headPriority: head_priority ?? 0, headQueuedMs: head_queued_ms ?? 0 }
  return { id, owner, project, group, resources, pending, running, ...head }
}

export async function readLimits(queries: Queries): Promise<QueueLimits> {
  const rows = await queries.selectFrom("queue_limits").selectAll().execute()
  return new Map(
    rows.map(({ kind, subject, running, weight, paused }) => {
      const limit: QueueLimit = {
        ...(running === null ? {} : { running }),
        ...(weight === null ? {} : { weight }),
        ...(paused === 1 ? { paused: true } : {}),
      }
      return [`${kind}/${subject}`, limit] as const
    }),
  )
}

async function readTurns(queries: Queries): Promise<Turns> {
  const waiting = queries.selectFrom("lanes").select("owner").where("pending", ">", 0)
  const rows = await queries
    .selectFrom("queue_turns")
    .selectAll()
    .where(({ eb, or }) => or([eb("owner", "=", LAST_TURN), eb("owner", "in", waiting)]))
    .execute()
  const of = new Map(rows.map(({ owner, turn }) => [owner, turn] as const))
  return { of, last: of.get(LAST_TURN) ?? 0 }
}

/** Runners that were heard of since `seenMs`, or those of `ids`. */
export async function readRunners(
  queries: Queries,
  which: { readonly seenMs: number } | { readonly id: string },
): Promise<readonly RunnerView[]> {
  const select = queries.selectFrom("runners").selectAll()
  const rows = await ("id" in which
    ? select.where("id", "=", which.id)
    : select.where("seen_ms", ">=", which.seenMs)
  ).execute()
  if (rows.length === 0) return []
  const jobs = await queries
    .selectFrom("jobs")
    .select(["runner", "resources"])
    .where("state", "=", "running")
    .where(
      "runner",
      "in",
      rows.map(({ id }) => id),
    )
    .execute()
  return rows.map((row) =>
    runnerOf(
      row,
      jobs.filter(({ runner }) => runner === row.id),
    ),
  )
}

function runnerOf(row: RunnerRow, jobs: readonly { readonly resources: string }[]): RunnerView {
  return {
    id: row.id,
    labels: JSON.parse(row.labels) as Record<string, string>,
    capabilities: JSON.parse(row.capabilities) as string[],
    slots: row.slots,
    cpus: row.cpus,
    memoryBytes: row.memory_bytes,
    gpus: row.gpus,
    isDrained: row.drained === 1 || row.draining === 1,
    running: jobs.map(({ resources }) => JSON.parse(resources) as JobResources),
  }
}
