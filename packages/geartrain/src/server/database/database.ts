import type { Kysely, Transaction } from "kysely"
import type { NewEvent } from "./events/server-event.ts"
import type { Step } from "./migrations/migration.ts"
import type { Signals } from "./signals/signals.ts"
import type { DatabaseTables } from "./tables/database-tables.ts"

/** What queries are asked of: a database, or one transaction of it. */
export type Queries = Kysely<DatabaseTables>

/**
 * The server's database: SQLite in a file, or PostgreSQL, the same to all who use it.
 *
 * Times are whole milliseconds since 1970, UTC, as numbers. JSON is text. Truth is 0 or 1. Ids are texts.
 */
export interface Database {
  readonly kind: "sqlite" | "postgres"
  /** For reading, outside of any transaction. */
  readonly read: Queries
  /**
   * Runs one transaction that is committed, and durable, when this resolves; undone when `work` throws. `work` may be run again from its
   * start when another transaction was in its way, so it does nothing but queries; and it asks `write.sql` only: SQLite has one connection,
   * and a query of `read` in here would wait for ever.
   *
   * @throws {GeartrainError} DATABASE_UNAVAILABLE, STORE_FULL, DATABASE_FAILED; and whatever `work` throws.
   */
  write<Result>(work: (write: Write) => Promise<Result>): Promise<Result>
  /**
   * Reads one state of the whole database, while others go on writing.
   *
   * @param work  Reads, and nothing else, with what it is given.
   */
  snapshot<Result>(work: (snapshot: Snapshot) => Promise<Result>): Promise<Result>
  readonly signals: Signals
  close(): Promise<void>
}

export interface OpenOptions {
  /**
   * The steps to bring the schema to, where those are not all of this program: to fill it from a backup of an older one. "as it is": none is
   * taken, to read a database that an older server may be working with.
   */
  readonly steps?: Readonly<Record<string, Step>> | "as it is"
}

/** One state of the database. */
export interface Snapshot {
  readonly sql: Queries
  /** All rows of a table, some at a time, however many there are. */
  rows(table: string): AsyncIterable<readonly TableRow[]>
}

/** A row as it lies there. */
export type TableRow = Readonly<Record<string, string | number | null | Uint8Array>>

/** A transaction. */
export interface Write {
  readonly sql: Transaction<DatabaseTables>
  /** Appends to the list of events, whose readers wake up after the commit. */
  event(event: NewEvent): Promise<void>
  /** Wakes whoever waits for `topic`, in every process that shares the database, after the commit. */
  wake(topic: string): void
}
