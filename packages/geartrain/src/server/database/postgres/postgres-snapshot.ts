import { type Kysely, sql } from "kysely"
import type { Snapshot, TableRow } from "../database.ts"
import { databaseError } from "../database-error.ts"
import type { DatabaseTables } from "../tables/database-tables.ts"

/** So many rows are given at a time. */
const ROWS_AT_ONCE = 1000

/**
 * Reads by one transaction, which sees what was there when it began.
 *
 * @see https://www.postgresql.org/docs/15/transaction-iso.html#XACT-REPEATABLE-READ
 */
export async function postgresSnapshot<Result>(
  kysely: Kysely<DatabaseTables>,
  work: (snapshot: Snapshot) => Promise<Result>,
): Promise<Result> {
  try {
    return await kysely
      .transaction()
      .setIsolationLevel("repeatable read")
      .setAccessMode("read only")
      .execute((transaction) =>
        work({
          sql: transaction,
          rows: async function* (table) {
            await sql`declare rows_of_table no scroll cursor for select * from ${sql.table(table)}`.execute(transaction)
            for (;;) {
              const { rows } = await sql<TableRow>`fetch ${sql.lit(ROWS_AT_ONCE)} from rows_of_table`.execute(
                transaction,
              )
              if (rows.length === 0) break
              yield rows
            }
            await sql`close rows_of_table`.execute(transaction)
          },
        }),
      )
  } catch (error) {
    throw databaseError(error)
  }
}
