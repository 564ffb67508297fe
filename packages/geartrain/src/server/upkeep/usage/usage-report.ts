import type { Usage } from "@geartrain/spec"
import type { Queries } from "../../database/database.ts"
import { addAttempt, type EndedAttempt, NO_USAGE, type UsageSum } from "./usage-sum.ts"

/** What was used in some time. */
export interface UsageReport {
  readonly fromMs: number
  readonly toMs: number
  readonly projects: readonly ProjectUsage[]
}

export interface ProjectUsage extends UsageSum {
  readonly project: string
  readonly label: string
  readonly group: string
  /** Bytes of all versions of its files now. */
  readonly storedBytes: number
  /** By the user whose jobs they were, the one who used most first. */
  readonly users: readonly (UsageSum & { readonly user: string })[]
}

export interface UsageQuery {
  /** Attempts that ended at this time or later. */
  readonly fromMs: number
  /** And before this one. */
  readonly toMs: number
  readonly projects: "all" | readonly string[]
}

/** Attempts are read so many at a time, so that others get their turn. */
const AT_ONCE = 1000

/**
 * Adds up what jobs used, by project and user. Every attempt counts, also those that were given up: the machine worked for them all the same.
 */
export async function usageReport(queries: Queries, query: UsageQuery): Promise<UsageReport> {
  const sums = new Map<string, Map<string, UsageSum>>()
  for await (const { project, owner, ...attempt } of endedAttempts(queries, query)) {
    const users = sums.get(project) ?? new Map<string, UsageSum>()
    sums.set(project, users.set(owner, addAttempt(users.get(owner) ?? NO_USAGE, attempt)))
  }
  const places = await projectsOf(queries, query.projects)
  const projects = places.map(({ id, label, group_id, bytes }): ProjectUsage => {
    const users = [...(sums.get(id) ?? [])].map(([user, sum]) => ({ user, ...sum }))
    return {
      project: id,
      label,
      group: group_id,
      storedBytes: Number(bytes ?? 0),
      ...users.reduce(plus, NO_USAGE),
      users: users.toSorted(byUse),
    }
  })
  return { fromMs: query.fromMs, toMs: query.toMs, projects: projects.toSorted(byUse) }
}

/** Who used most comes first: where nothing was measured, by time. */
function byUse(a: UsageSum, b: UsageSum): number {
  return b.cpuMs - a.cpuMs || b.wallMs - a.wallMs
}

function plus(a: UsageSum, b: UsageSum): UsageSum {
  const names = Object.keys(NO_USAGE) as (keyof UsageSum)[]
  return Object.fromEntries(names.map((name) => [name, a[name] + b[name]])) as unknown as UsageSum
}

async function* endedAttempts(
  queries: Queries,
  { fromMs, toMs, projects }: UsageQuery,
): AsyncGenerator<EndedAttempt & { readonly project: string; readonly owner: string }> {
  if (projects !== "all" && projects.length === 0) return
  let [atMs, job, attempt] = [fromMs, "", 0]
  for (;;) {
    let select = queries
      .selectFrom("attempts")
      .innerJoin("jobs", "jobs.id", "attempts.job")
      .select(["attempts.job", "attempts.attempt", "attempts.ended_ms", "attempts.started_ms", "attempts.usage"])
      .select(["jobs.project", "jobs.owner", "jobs.resources", "jobs.limits"])
      .where(({ eb, refTuple, tuple }) =>
        eb(refTuple("attempts.ended_ms", "attempts.job", "attempts.attempt"), ">", tuple(atMs, job, attempt)),
      )
      .where("attempts.ended_ms", "<", toMs)
    if (projects !== "all") select = select.where("jobs.project", "in", projects)
    const rows = await select
      .orderBy("attempts.ended_ms")
      .orderBy("attempts.job")
      .orderBy("attempts.attempt")
      .limit(AT_ONCE)
      .execute()
    for (const row of rows) {
      yield {
        project: row.project,
        owner: row.owner,
        elapsedMs: Math.max(0, (row.ended_ms ?? row.started_ms) - row.started_ms),
        usage: row.usage === null ? undefined : (JSON.parse(row.usage) as Usage),
        asked: { ...JSON.parse(row.limits), ...JSON.parse(row.resources) },
      }
    }
    const last = rows.at(-1)
    if (last === undefined) return
    ;[atMs, job, attempt] = [last.ended_ms ?? 0, last.job, last.attempt]
  }
}

function projectsOf(
  queries: Queries,
  projects: UsageQuery["projects"],
): Promise<readonly { id: string; label: string; group_id: string; bytes: number | null }[]> {
  let select = queries
    .selectFrom("places")
    .leftJoin("project_usage", "project_usage.project", "places.id")
    .select(["places.id", "places.label", "places.group_id", "project_usage.bytes"])
    .where("places.type", "=", "project")
  if (projects !== "all") select = select.where("places.id", "in", [...projects, ""])
  return select.orderBy("places.id").execute()
}
