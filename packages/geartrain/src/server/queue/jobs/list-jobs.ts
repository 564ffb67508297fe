import { GeartrainError, type JobState } from "@geartrain/spec"
import { type Page, type PageQuery, readCursor, writeCursor } from "../../http/page.ts"
import type { Caller } from "../../people/caller.ts"
import type { QueuePorts } from "../queue-ports.ts"
import { type JobSummary, summaryOf } from "./job-facts.ts"

/** Which jobs: those for which all of this is so. */
export interface JobFilter {
  readonly states?: readonly JobState[]
  /** Name, name@version or id. */
  readonly gear?: string
  readonly project?: string
  readonly owner?: string
  readonly batch?: string
  /** Id of the rule, batch, job or schedule that had it made. */
  readonly origin?: string
  readonly destination?: string
  readonly tag?: string
  readonly reason?: string
  /** Made at this time or later; before that time. */
  readonly sinceMs?: number
  readonly beforeMs?: number
}

/**
 * Jobs of the projects that the caller may read, the newest first.
 *
 * @throws {GeartrainError} CURSOR_UNFIT
 */
export async function listJobs(
  ports: QueuePorts,
  caller: Caller,
  query: { readonly filter: JobFilter; readonly page: PageQuery },
): Promise<Page<JobSummary>> {
  const { filter, page } = query
  const projects = await ports.access.readable(caller)
  if (projects !== "all" && projects.length === 0) return { items: [] }
  let select = ports.database.read.selectFrom("jobs").selectAll("jobs")
  if (projects !== "all") select = select.where("jobs.project", "in", projects)
  if (filter.tag !== undefined) {
    const { tag } = filter
    select = select.innerJoin("job_tags", (join) =>
      join.onRef("job_tags.job", "=", "jobs.id").on("job_tags.tag", "=", tag),
    )
  }
  if (filter.states !== undefined) select = select.where("state", "in", filter.states)
  if (filter.project !== undefined) select = select.where("project", "=", filter.project)
  if (filter.owner !== undefined) select = select.where("owner", "=", filter.owner)
  if (filter.batch !== undefined) select = select.where("batch", "=", filter.batch)
  if (filter.origin !== undefined) select = select.where("origin_id", "=", filter.origin)
  if (filter.destination !== undefined) select = select.where("destination_id", "=", filter.destination)
  if (filter.reason !== undefined) select = select.where("reason", "=", filter.reason)
  if (filter.sinceMs !== undefined) select = select.where("jobs.created_ms", ">=", filter.sinceMs)
  if (filter.beforeMs !== undefined) select = select.where("jobs.created_ms", "<", filter.beforeMs)
  const { gear } = filter
  if (gear !== undefined) {
    const at = gear.lastIndexOf("@")
    if (gear.startsWith("sha256:")) select = select.where("gear", "=", gear)
    else if (at === -1) select = select.where("gear_name", "=", gear)
    else select = select.where("gear_name", "=", gear.slice(0, at)).where("gear_version", "=", gear.slice(at + 1))
  }
  if (page.cursor !== undefined) {
    const [createdMs, id] = readPlace(page.cursor)
    select = select.where(({ eb, refTuple, tuple }) =>
      eb(refTuple("jobs.created_ms", "jobs.id"), "<", tuple(createdMs, id)),
    )
  }
  const rows = await select
    .orderBy("jobs.created_ms", "desc")
    .orderBy("jobs.id", "desc")
    .limit(page.limit + 1)
    .execute()
  const shown = rows.slice(0, page.limit)
  const last = shown.at(-1)
  const hasMore = rows.length > page.limit && last !== undefined
  return { items: shown.map(summaryOf), ...(hasMore ? { next: writeCursor([last.created_ms, last.id]) } : {}) }
}

function readPlace(cursor: string): readonly [number, string] {
  const [createdMs, id] = readCursor(cursor) ?? []
  if (typeof createdMs === "number" && typeof id === "string") return [createdMs, id]
  throw new GeartrainError("CURSOR_UNFIT", "Cannot go on with the list: the cursor did not come from it", {
    hint: "Begin again without a cursor",
  })
}
