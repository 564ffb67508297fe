import { sql } from "kysely"
import type { Step } from "./migration.ts"

export const gears: Step = async (schema, { whole, text }) => {
  await schema
    .createTable("gears")
    .addColumn("id", text, (column) => column.primaryKey())
    .addColumn("name", text, (column) => column.notNull())
    .addColumn("version", text, (column) => column.notNull())
    .addColumn("label", text, (column) => column.notNull())
    .addColumn("category", text, (column) => column.notNull())
    .addColumn("manifest", text, (column) => column.notNull())
    .addColumn("platform", text, (column) => column.notNull())
    .addColumn("tree", text, (column) => column.notNull())
    .addColumn("image_digest", text, (column) => column.notNull())
    .addColumn("image_bytes", whole, (column) => column.notNull())
    .addColumn("state", text, (column) => column.notNull())
    .addColumn("revision", whole, (column) => column.notNull())
    .addColumn("newest", whole, (column) => column.notNull())
    .addColumn("superseded_ms", whole)
    .addColumn("created_ms", whole, (column) => column.notNull())
    .addColumn("created_by", text, (column) => column.notNull())
    .execute()
  // A version that ends in -dev may come again, and takes the place of the one before.
  await schema
    .createIndex("gears_by_version")
    .unique()
    .on("gears")
    .columns(["name", "version"])
    .where(sql.ref("superseded_ms"), "is", null)
    .execute()
  await schema.createIndex("gears_by_name").on("gears").columns(["name", "created_ms", "id"]).execute()
  await schema.createIndex("gears_by_image").on("gears").columns(["image_digest"]).execute()
}
