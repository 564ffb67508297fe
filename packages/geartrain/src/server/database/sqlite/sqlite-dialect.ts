import type { DatabaseSync } from "node:sqlite"
import { type Dialect, SqliteAdapter, SqliteDialect } from "kysely"
import { sqliteDatabase } from "./sqlite-database.ts"

/** Speaks to Node's own SQLite, and takes all steps of a schema in one transaction: a server that is killed at its first start has made nothing. */
export function sqliteDialect(database: DatabaseSync): Dialect {
  const dialect = new SqliteDialect({ database: sqliteDatabase(database) })
  return Object.assign(dialect, { createAdapter: () => new TransactionalAdapter() })
}

/**
 * Kysely's own makes no use of it that SQLite takes back changes of a schema as well.
 *
 * @see https://www.sqlite.org/lang_transaction.html
 */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}
