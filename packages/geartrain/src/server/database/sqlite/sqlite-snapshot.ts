import { Kysely, SqliteDialect } from "kysely"
import type { Snapshot, TableRow } from "../database.ts"
import { databaseError } from "../database-error.ts"
import type { DatabaseTables } from "../tables/database-tables.ts"
import { sqliteDatabase } from "./sqlite-database.ts"

/** So many rows are given at a time. */
const ROWS_AT_ONCE = 1000

/**
 * Reads by a connection of its own, which sees what was there when it began, however much is written meanwhile.
 *
 * @see https://www.sqlite.org/isolation.html
 */
export async function sqliteSnapshot<Result>(
  path: string,
  work: (snapshot: Snapshot) => Promise<Result>,
): Promise<Result> {
  const { DatabaseSync } = await import("node:sqlite")
  const database = new DatabaseSync(path, { readOnly: true })
  const kysely = new Kysely<DatabaseTables>({ dialect: new SqliteDialect({ database: sqliteDatabase(database) }) })
  try {
    database.exec("PRAGMA busy_timeout = 5000; BEGIN")
    // The view begins with the first reading.
    database.prepare("SELECT count(*) FROM sqlite_master").get()
    return await work({
      sql: kysely,
      rows: async function* (table) {
        let rows: TableRow[] = []
        for (const row of database.prepare(`SELECT * FROM "${table.replaceAll('"', '""')}"`).iterate()) {
          rows.push(row as TableRow)
          if (rows.length < ROWS_AT_ONCE) continue
          yield rows
          rows = []
        }
        if (rows.length > 0) yield rows
      },
    })
  } catch (error) {
    throw databaseError(error)
  } finally {
    await kysely.destroy()
  }
}
