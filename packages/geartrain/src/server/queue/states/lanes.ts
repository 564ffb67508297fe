import { sql } from "kysely"
import type { Write } from "../../database/database.ts"

/** Which lane a job waits in: jobs of one user in one project that ask for the same. */
export interface LaneContent {
  readonly owner: string
  readonly project: string
  readonly group: string
  /** `JobResources`, as canonical JSON. */
  readonly resources: string
}

/** Finds the lane of a job that is about to be queued, or makes it. */
export async function openLane(write: Write, content: LaneContent, id: string): Promise<string> {
  const { owner, project, group, resources } = content
  const row = await write.sql
    .insertInto("lanes")
    .values({ id, owner, project, group_id: group, resources, pending: 0, running: 0 })
    // Answers the one that is there, too.
    .onConflict((conflict) => conflict.columns(["owner", "project", "resources"]).doUpdateSet({ group_id: group }))
    .returning("id")
    .executeTakeFirstOrThrow()
  return row.id
}

/**
 * Counts jobs of a lane that came or went, and looks up which goes next.
 *
 * In two statements: the first one waits for whoever changes the lane, so that the second one sees what they did.
 */
export async function countInLane(
  write: Write,
  lane: string,
  change: { readonly pending: number; readonly running: number },
): Promise<void> {
  await write.sql
    .updateTable("lanes")
    .set({ pending: sql`pending + ${change.pending}`, running: sql`running + ${change.running}` })
    .where("id", "=", lane)
    .execute()
  const head = (column: "priority" | "queued_ms") => sql<number | null>`(
    select ${sql.ref(column)} from jobs where lane = ${lane} and state = 'pending'
    order by priority desc, queued_ms, id limit 1
  )`
  await write.sql
    .updateTable("lanes")
    .set({ head_priority: head("priority"), head_queued_ms: head("queued_ms") })
    .where("id", "=", lane)
    .execute()
}
