import type { Step } from "./migration.ts"

export const events: Step = async (schema, { serial, serialKey, whole, text }) => {
  await schema
    .createTable("events")
    .addColumn("seq", serial, serialKey)
    .addColumn("at_ms", whole, (column) => column.notNull())
    .addColumn("kind", text, (column) => column.notNull())
    .addColumn("project", text)
    .addColumn("subject", text, (column) => column.notNull())
    .addColumn("by_user", text)
    .addColumn("data", text, (column) => column.notNull())
    .execute()
  await schema.createIndex("events_by_project").on("events").columns(["project", "seq"]).execute()
  await schema.createIndex("events_by_subject").on("events").columns(["subject", "seq"]).execute()
}
