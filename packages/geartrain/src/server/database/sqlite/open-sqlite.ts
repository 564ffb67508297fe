import { Kysely } from "kysely"
import type { Database, OpenOptions } from "../database.ts"
import { migrateDatabase } from "../migrations/migrate-database.ts"
import { localSignals } from "../signals/local-signals.ts"
import type { DatabaseTables } from "../tables/database-tables.ts"
import { writeIn } from "../write-in.ts"
import { sqliteDialect } from "./sqlite-dialect.ts"
import { sqliteSnapshot } from "./sqlite-snapshot.ts"

/**
 * Opens the embedded database, and brings its schema up to date. What is committed is on the disk.
 *
 * @param path  The file; `:memory:` for one that goes with the process, of which no snapshot can be read.
 * @throws {GeartrainError} DATABASE_TOO_NEW, DATABASE_FAILED.
 */
export async function openSqlite(path: string, options: OpenOptions = {}): Promise<Database> {
  const { DatabaseSync } = await import("node:sqlite")
  const database = new DatabaseSync(path)
  database.exec("PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
  // 64 MiB of pages, and a map: listing one project's million files reads the same inner pages again and again.
  database.exec("PRAGMA foreign_keys = ON; PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY")
  const kysely = new Kysely<DatabaseTables>({ dialect: sqliteDialect(database) })
  const signals = localSignals()
  try {
    await migrateDatabase(kysely, "sqlite", options.steps)
  } catch (error) {
    await kysely.destroy()
    throw error
  }
  return {
    kind: "sqlite",
    read: kysely,
    write: writeIn(kysely, { kind: "sqlite", emit: signals.emit }),
    snapshot: (work) => sqliteSnapshot(path, work),
    signals,
    close: () => kysely.destroy(),
  }
}
