import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite"
import type { SqliteDatabase, SqliteStatement } from "kysely"

/** So many statements are kept ready. Those with lists of changing length would fill the memory otherwise. */
const MOST_STATEMENTS = 500

/**
 * Gives kysely Node's own SQLite, in the shape of the library that its dialect was made for.
 *
 * A transaction takes the right to write at its start: one that asks for it later can be refused in the middle.
 */
export function sqliteDatabase(database: DatabaseSync): SqliteDatabase {
  const statements = new Map<string, SqliteStatement>()
  return {
    prepare: (text) => {
      const sql = text === "begin" ? "begin immediate" : text
      const known = statements.get(sql)
      if (known !== undefined) {
        // The one that was used last goes last.
        statements.delete(sql)
        statements.set(sql, known)
        return known
      }
      const statement = text === "rollback" ? rollback(database) : statementOf(database.prepare(sql))
      statements.set(sql, statement)
      const oldest = statements.keys().next().value
      if (statements.size > MOST_STATEMENTS && oldest !== undefined) statements.delete(oldest)
      return statement
    },
    close: () => database.close(),
  }
}

/** A full disk has ended the transaction already, and the caller is to hear of the disk. */
function rollback(database: DatabaseSync): SqliteStatement {
  const statement = statementOf(database.prepare("rollback"))
  return {
    ...statement,
    run: (parameters) => (database.isTransaction ? statement.run(parameters) : { changes: 0, lastInsertRowid: 0 }),
  }
}

function statementOf(statement: StatementSync): SqliteStatement {
  // Kysely binds nothing else.
  const bound = (parameters: readonly unknown[]): SQLInputValue[] => parameters as SQLInputValue[]
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...bound(parameters)),
    run: (parameters) => statement.run(...bound(parameters)),
    iterate: (parameters) => statement.iterate(...bound(parameters)),
  }
}
