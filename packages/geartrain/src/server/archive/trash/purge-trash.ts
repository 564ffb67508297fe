import { sql } from "kysely"
import { nowMs } from "../../../system/clock.ts"
import type { Write } from "../../database/database.ts"
import type { ArchivePorts } from "../archive-ports.ts"
import { addUsage } from "../places/usage.ts"

/** So many go in one transaction, during which nobody else may write on an embedded database. */
const BATCH = 500

export interface Purged {
  readonly files: number
  readonly places: number
}

/**
 * Takes what has lain in the trash for long away for good: rows of files with all versions, and of places. Their bytes go by `removeUnneeded`.
 *
 * @param options.retentionMs  What was put there since stays.
 */
export async function purgeTrash(
  ports: Pick<ArchivePorts, "database">,
  options: { readonly retentionMs: number; readonly signal?: AbortSignal },
): Promise<Purged> {
  const before = nowMs() - options.retentionMs
  let files = 0
  let places = 0
  for (;;) {
    options.signal?.throwIfAborted()
    const gone = await ports.database.write((write) => purgeFiles(write, before))
    files += gone
    if (gone === 0) break
  }
  for (;;) {
    options.signal?.throwIfAborted()
    const gone = await ports.database.write((write) => purgePlaces(write, before))
    places += gone
    if (gone === 0) return { files, places }
  }
}

async function purgeFiles(write: Write, before: number): Promise<number> {
  const files = await oldest<"place" | "name">(write, before, { table: "files", columns: ["place", "name"] })
  if (files.length === 0) return 0
  const ids = files.map(({ id }) => id)
  const sums = await write.sql
    .selectFrom("file_versions")
    .innerJoin("files", "files.id", "file_versions.file")
    .select(["files.project"])
    .select(({ fn }) => [fn.sum<number>("file_versions.size_bytes").as("bytes"), fn.countAll<number>().as("versions")])
    .where("file_versions.file", "in", ids)
    .groupBy("files.project")
    .execute()
  await write.sql.deleteFrom("file_versions").where("file", "in", ids).execute()
  await write.sql.deleteFrom("collection_items").where("item", "in", ids).execute()
  await write.sql.deleteFrom("files").where("id", "in", ids).execute()
  for (const { project, bytes, versions } of sums) {
    await addUsage(write.sql, project, { bytes: -Number(bytes), versions: -Number(versions) })
  }
  for (const { id, project, place, name, deleted_with } of files) {
    // What went with its place is told of that.
    if (deleted_with !== id) continue
    await write.event({ kind: "file.purged", subject: id, project, data: { file: id, place, name } })
  }
  return files.length
}

/** After its files, so that no file is without a place. */
async function purgePlaces(write: Write, before: number): Promise<number> {
  const places = await oldest<"type" | "label">(write, before, { table: "places", columns: ["type", "label"] })
  if (places.length === 0) return 0
  const ids = places.map(({ id }) => id)
  for (const table of ["analyses", "uploads"] as const) {
    await write.sql.deleteFrom(table).where("place", "in", ids).execute()
  }
  await write.sql.deleteFrom("collection_items").where("item", "in", ids).execute()
  await write.sql.deleteFrom("project_usage").where("project", "in", ids).execute()
  await write.sql.deleteFrom("places").where("id", "in", ids).execute()
  for (const { id, project, type, label, deleted_with } of places) {
    if (deleted_with !== id) continue
    await write.event({ kind: "place.purged", subject: id, project, data: { place: id, type, label } })
  }
  return places.length
}

/** Of what was put into the trash before a time, what lies there longest. */
async function oldest<Column extends string>(
  write: Write,
  before: number,
  of: { readonly table: "files" | "places"; readonly columns: readonly Column[] },
): Promise<readonly Readonly<Record<Column | "id" | "project" | "deleted_with", string>>[]> {
  const columns = sql.join(["id", "project", "deleted_with", ...of.columns].map((name) => sql.ref(name)))
  const { rows } = await sql<Record<Column | "id" | "project" | "deleted_with", string>>`
    select ${columns} from ${sql.table(of.table)}
    where deleted_ms is not null and deleted_ms < ${before} order by deleted_ms, id limit ${sql.lit(BATCH)}
  `.execute(write.sql)
  return rows
}
