import { JOB_STATES, type JobState } from "@geartrain/spec"
import type { Queries } from "../../database/database.ts"
import { lastEvent } from "../../database/events/read-events.ts"

/** What is seen of the server at one moment. */
export interface QueueState {
  readonly jobs: Readonly<Record<JobState, number>>
  /** How long the job has waited that came first; 0 when none waits. */
  readonly oldestPendingMs: number
  readonly runners: { readonly working: number; readonly draining: number; readonly resting: readonly RestingRunner[] }
  /** Of the runners that work. */
  readonly slots: number
  readonly storedBytes: number
  readonly lastEvent: number
}

/** A runner that takes no jobs for a while, since its machine has failed some. */
export interface RestingRunner {
  readonly name: string
  readonly leftMs: number
  /** Reason of the failure. */
  readonly why: string
}

/** A runner that has said nothing for so long is gone: several times the longest silence of one that lives. */
const GONE_MS = 5 * 60_000

export async function readQueueState(queries: Queries, nowMs: number): Promise<QueueState> {
  const [jobs, oldest, runners, stored, last] = await Promise.all([
    queries
      .selectFrom("jobs")
      .select(["state", ({ fn }) => fn.countAll<number>().as("count")])
      .groupBy("state")
      .execute(),
    queries
      .selectFrom("lanes")
      .select(({ fn }) => fn.min("head_queued_ms").as("first"))
      .executeTakeFirst(),
    queries
      .selectFrom("runners")
      .select(["name", "slots", "drained", "draining", "rest_until_ms", "rest_why"])
      .where("seen_ms", ">", nowMs - GONE_MS)
      .execute(),
    queries
      .selectFrom("project_usage")
      .select(({ fn }) => fn.sum<number>("bytes").as("bytes"))
      .executeTakeFirst(),
    lastEvent(queries),
  ])
  const counts = new Map(jobs.map(({ state, count }) => [state, Number(count)]))
  const undrained = runners.filter(({ drained, draining }) => drained === 0 && draining === 0)
  const working = undrained.filter(({ rest_until_ms: untilMs }) => (untilMs ?? 0) <= nowMs)
  const resting = undrained
    .filter((runner) => !working.includes(runner))
    .map(({ name, rest_until_ms, rest_why }) => ({ name, leftMs: (rest_until_ms ?? 0) - nowMs, why: rest_why ?? "" }))
  const first = oldest?.first ?? undefined
  return {
    jobs: Object.fromEntries(JOB_STATES.map((state) => [state, counts.get(state) ?? 0])) as Record<JobState, number>,
    oldestPendingMs: first === undefined ? 0 : Math.max(0, nowMs - Number(first)),
    runners: { working: working.length, draining: runners.length - undrained.length, resting },
    slots: working.reduce((sum, { slots }) => sum + slots, 0),
    storedBytes: Number(stored?.bytes ?? 0),
    lastEvent: last,
  }
}
