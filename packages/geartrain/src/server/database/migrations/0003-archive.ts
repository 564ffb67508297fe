import type { ColumnDefinitionBuilder, Kysely } from "kysely"
import type { Columns } from "./columns.ts"
import type { Step } from "./migration.ts"

type Schema = Kysely<never>["schema"]

export const archive: Step = async (schema, columns) => {
  await places(schema, columns)
  await files(schema, columns)
  await transfers(schema, columns)
  await collections(schema, columns)
}

const given = (column: ColumnDefinitionBuilder): ColumnDefinitionBuilder => column.notNull()
const key = (column: ColumnDefinitionBuilder): ColumnDefinitionBuilder => column.primaryKey()

async function places(schema: Schema, { text, whole }: Columns): Promise<void> {
  await schema
    .createTable("groups")
    .addColumn("id", text, key)
    .addColumn("label", text, given)
    .addColumn("created_ms", whole, given)
    .addColumn("created_by", text, given)
    .addColumn("modified_ms", whole, given)
    .addColumn("revision", whole, given)
    .execute()
  await schema
    .createTable("places")
    .addColumn("id", text, key)
    .addColumn("type", text, given)
    .addColumn("parent", text, given)
    .addColumn("group_id", text, given)
    .addColumn("project", text, given)
    .addColumn("lineage", text, given)
    .addColumn("label", text, given)
    .addColumn("metadata", text, given)
    .addColumn("tags", text, given)
    .addColumn("info", text, given)
    .addColumn("created_ms", whole, given)
    .addColumn("created_by", text, given)
    .addColumn("modified_ms", whole, given)
    .addColumn("revision", whole, given)
    .addColumn("quota_bytes", whole)
    .addColumn("deleted_ms", whole)
    .addColumn("deleted_by", text)
    .addColumn("deleted_with", text)
    .execute()
  await schema
    .createIndex("places_by_label")
    .on("places")
    .columns(["parent", "type", "label"])
    .unique()
    .where("deleted_ms" as never, "is", null)
    .execute()
  await schema.createIndex("places_by_lineage").on("places").column("lineage").execute()
  await schema.createIndex("places_by_type").on("places").columns(["type", "label", "id"]).execute()
  await trashIndexes(schema, "places")
  await schema
    .createTable("analyses")
    .addColumn("place", text, key)
    .addColumn("inputs", text, given)
    .addColumn("job", text)
    .addColumn("notes", text, given)
    .execute()
}

/** What lies in the trash is looked for by where it lay, by what it was put there with, and by when. */
async function trashIndexes(schema: Schema, table: "places" | "files"): Promise<void> {
  for (const column of ["lineage", "deleted_with", "deleted_ms"]) {
    await schema
      .createIndex(`${table}_in_trash_by_${column}`)
      .on(table)
      .columns([column, "id"])
      .where("deleted_ms" as never, "is not", null)
      .execute()
  }
}

async function files(schema: Schema, { text, whole }: Columns): Promise<void> {
  await schema
    .createTable("files")
    .addColumn("id", text, key)
    .addColumn("place", text, given)
    .addColumn("project", text, given)
    .addColumn("lineage", text, given)
    .addColumn("name", text, given)
    .addColumn("type", text)
    .addColumn("mimetype", text, given)
    .addColumn("modality", text)
    .addColumn("classification", text, given)
    .addColumn("tags", text, given)
    .addColumn("info", text, given)
    .addColumn("member_count", whole)
    .addColumn("version", whole, given)
    .addColumn("digest", text, given)
    .addColumn("size_bytes", whole, given)
    .addColumn("created_ms", whole, given)
    .addColumn("modified_ms", whole, given)
    .addColumn("revision", whole, given)
    .addColumn("deleted_ms", whole)
    .addColumn("deleted_by", text)
    .addColumn("deleted_with", text)
    .execute()
  await schema
    .createIndex("files_by_name")
    .on("files")
    .columns(["place", "name"])
    .unique()
    .where("deleted_ms" as never, "is", null)
    .execute()
  // Everything below any place is one stretch of this.
  await schema
    .createIndex("files_by_lineage")
    .on("files")
    .columns(["lineage", "name"])
    .where("deleted_ms" as never, "is", null)
    .execute()
  await schema
    .createIndex("files_by_type")
    .on("files")
    .columns(["project", "type", "lineage", "name"])
    .where("deleted_ms" as never, "is", null)
    .execute()
  await trashIndexes(schema, "files")
  await schema
    .createTable("file_versions")
    .addColumn("file", text, given)
    .addColumn("version", whole, given)
    .addColumn("digest", text, given)
    .addColumn("size_bytes", whole, given)
    .addColumn("created_ms", whole, given)
    .addColumn("created_by", text, given)
    .addColumn("origin", text, given)
    .addColumn("job", text)
    .addPrimaryKeyConstraint("file_versions_key", ["file", "version"] as never)
    .execute()
  await schema.createIndex("file_versions_by_digest").on("file_versions").column("digest").execute()
  await schema.createIndex("file_versions_by_job").on("file_versions").column("job").execute()
  await schema
    .createTable("project_usage")
    .addColumn("project", text, key)
    .addColumn("bytes", whole, given)
    .addColumn("versions", whole, given)
    .execute()
  await schema
    .createTable("blobs")
    .addColumn("digest", text, key)
    .addColumn("size_bytes", whole, given)
    .addColumn("held_ms", whole, given)
    .execute()
  await schema.createIndex("blobs_by_time").on("blobs").column("held_ms").execute()
}

async function transfers(schema: Schema, { text, whole }: Columns): Promise<void> {
  await schema
    .createTable("uploads")
    .addColumn("id", text, key)
    .addColumn("place", text, given)
    .addColumn("project", text, given)
    .addColumn("name", text, given)
    .addColumn("size_bytes", whole)
    .addColumn("expected", text)
    .addColumn("received_bytes", whole, given)
    .addColumn("state", text, given)
    .addColumn("result", text)
    .addColumn("created_by", text, given)
    .addColumn("created_ms", whole, given)
    .addColumn("expires_ms", whole, given)
    .execute()
  await schema.createIndex("uploads_by_expiry").on("uploads").column("expires_ms").execute()
  await schema.createIndex("uploads_by_project").on("uploads").columns(["project", "state"]).execute()
  await schema
    .createTable("downloads")
    .addColumn("id", text, key)
    .addColumn("created_by", text, given)
    .addColumn("selection", text, given)
    .addColumn("created_ms", whole, given)
    .addColumn("expires_ms", whole, given)
    .execute()
  await schema.createIndex("downloads_by_expiry").on("downloads").column("expires_ms").execute()
}

async function collections(schema: Schema, { text, whole }: Columns): Promise<void> {
  await schema
    .createTable("collections")
    .addColumn("id", text, key)
    .addColumn("project", text, given)
    .addColumn("label", text, given)
    .addColumn("description", text, given)
    .addColumn("created_ms", whole, given)
    .addColumn("created_by", text, given)
    .addColumn("modified_ms", whole, given)
    .addColumn("revision", whole, given)
    .addColumn("deleted_ms", whole)
    .execute()
  await schema.createIndex("collections_by_label").on("collections").columns(["project", "label", "id"]).execute()
  await schema
    .createTable("collection_items")
    .addColumn("collection", text, given)
    .addColumn("item", text, given)
    .addColumn("kind", text, given)
    .addColumn("added_ms", whole, given)
    .addColumn("added_by", text, given)
    .addPrimaryKeyConstraint("collection_items_key", ["collection", "item"] as never)
    .execute()
}
