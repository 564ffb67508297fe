import type { Step } from "./migration.ts"

/** Jobs that are ordered by content, and found by it. */
export const byContent: Step = async (schema, { whole }) => {
  await schema
    .alterTable("jobs")
    .addColumn("by_content", whole, (column) => column.notNull().defaultTo(0))
    .execute()
  await schema
    .createIndex("jobs_by_invocation")
    .on("jobs")
    .columns(["invocation_digest", "state", "ended_ms desc"])
    .execute()
}
