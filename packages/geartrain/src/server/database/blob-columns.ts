import { sql } from "kysely"
import type { Queries } from "./database.ts"

/** A column whose texts are digests of stored bytes. */
export interface BlobColumn {
  readonly table: string
  readonly column: string
}

/**
 * Every column that names stored bytes. What none of them names may be removed; what one of them names has to be in a backup, and is looked at
 * by an integrity check.
 */
export const BLOB_COLUMNS: readonly BlobColumn[] = [
  { table: "file_versions", column: "digest" },
  { table: "gears", column: "image_digest" },
  { table: "job_blobs", column: "digest" },
]

/** Digests of all bytes that the database names, each once, some at a time. One of an older server may not have all of the columns yet. */
export async function* namedDigests(
  queries: Queries,
  columns: readonly BlobColumn[] = BLOB_COLUMNS,
): AsyncGenerator<string> {
  const seen = new Set<string>()
  const tables = await queries.introspection.getTables({ withInternalKyselyTables: true })
  const has = ({ table, column }: BlobColumn): boolean =>
    tables.some(({ name, columns: all }) => name === table && all.some((each) => each.name === column))
  for (const { table, column } of columns.filter(has)) {
    let after = ""
    for (;;) {
      const name = sql.ref(column)
      const { rows } = await sql<{ digest: string }>`
        select distinct ${name} as digest from ${sql.table(table)} where ${name} > ${after} order by ${name} limit 5000
      `.execute(queries)
      for (const { digest } of rows) {
        if (!seen.has(digest)) yield digest
        seen.add(digest)
      }
      const last = rows.at(-1)
      if (last === undefined) break
      after = last.digest
    }
  }
}
