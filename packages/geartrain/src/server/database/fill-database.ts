import { GeartrainError } from "@geartrain/spec"
import { sql } from "kysely"
import type { Database, Queries, TableRow, Write } from "./database.ts"

/** SQLite binds at most 32,766 values in one statement, PostgreSQL 65,535. */
const MOST_VALUES = 30_000

export interface Filling {
  readonly rows: () => AsyncIterable<{ readonly table: string; readonly row: TableRow }>
  /** Is given all of it before it is committed; what it throws undoes it. */
  readonly check: (queries: Queries, count: number) => Promise<void>
}

/**
 * Fills an empty database, in one transaction, from rows that come in any order of their tables.
 *
 * @throws {GeartrainError} DATABASE_NOT_EMPTY; DATABASE_FAILED for a row that does not fit its table.
 */
export async function fillDatabase(database: Database, tables: readonly string[], filling: Filling): Promise<void> {
  await database.write(async (write) => {
    for (const table of tables) await refuseRows(write.sql, table)
    const tie = await untie(write, database.kind)
    const count = await insertAll(write, filling.rows())
    await tie()
    if (database.kind === "postgres") for (const table of tables) await goOnCounting(write, table)
    await filling.check(write.sql, count)
  })
}

async function refuseRows(queries: Queries, table: string): Promise<void> {
  const { rows } = await sql`select 1 from ${sql.table(table)} limit 1`.execute(queries)
  if (rows.length === 0) return
  throw new GeartrainError("DATABASE_NOT_EMPTY", `Cannot fill this database: its table "${table}" has rows already`, {
    hint: "Give an empty database, or a folder that does not exist yet",
  })
}

async function insertAll(
  write: Write,
  rows: AsyncIterable<{ readonly table: string; readonly row: TableRow }>,
): Promise<number> {
  let count = 0
  let batch: { readonly table: string; readonly rows: TableRow[] } | undefined
  const flush = async (): Promise<void> => {
    if (batch === undefined) return
    // The tables of an older schema may be others than those that are known today.
    await write.sql
      .insertInto(batch.table as never)
      .values(batch.rows as never)
      .execute()
    count += batch.rows.length
    batch = undefined
  }
  for await (const { table, row } of rows) {
    const width = Object.keys(row).length
    if (batch !== undefined && (batch.table !== table || (batch.rows.length + 1) * width > MOST_VALUES)) await flush()
    batch ??= { table, rows: [] }
    batch.rows.push(row)
  }
  await flush()
  return count
}

/**
 * Lets rows come before those that they refer to, until the answer is called, which checks all of them.
 *
 * @see https://www.sqlite.org/pragma.html#pragma_defer_foreign_keys
 * @see https://www.postgresql.org/docs/15/sql-set-constraints.html
 */
async function untie(write: Write, kind: Database["kind"]): Promise<() => Promise<void>> {
  if (kind === "sqlite") {
    await sql`pragma defer_foreign_keys = on`.execute(write.sql)
    // SQLite looks at the commit.
    return async () => undefined
  }
  const { rows: ties } = await sql<{ table: string; name: string }>`
    select conrelid::regclass::text as table, conname as name from pg_constraint
    where contype = 'f' and connamespace = current_schema()::regnamespace
  `.execute(write.sql)
  const alter = async (how: "deferrable initially deferred" | "not deferrable"): Promise<void> => {
    for (const { table, name } of ties) {
      await sql`alter table ${sql.raw(table)} alter constraint ${sql.id(name)} ${sql.raw(how)}`.execute(write.sql)
    }
  }
  await alter("deferrable initially deferred")
  return async () => {
    await sql`set constraints all immediate`.execute(write.sql)
    await alter("not deferrable")
  }
}

/** PostgreSQL counts apart from what was inserted with a number of its own. */
async function goOnCounting(write: Write, table: string): Promise<void> {
  const { rows } = await sql<{ column: string; sequence: string }>`
    select column_name as column, pg_get_serial_sequence(quote_ident(table_name), column_name) as sequence
    from information_schema.columns
    where table_schema = current_schema() and table_name = ${table} and column_default like 'nextval(%'
  `.execute(write.sql)
  for (const { column, sequence } of rows) {
    await sql`
      select setval(${sequence}, (select coalesce(max(${sql.ref(column)}), 0) + 1 from ${sql.table(table)}), false)
    `.execute(write.sql)
  }
}
