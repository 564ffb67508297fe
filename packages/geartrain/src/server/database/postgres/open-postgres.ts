import { Kysely, PostgresDialect, sql } from "kysely"
import pg from "pg"
import type { Database, OpenOptions } from "../database.ts"
import { databaseError } from "../database-error.ts"
import { migrateDatabase } from "../migrations/migrate-database.ts"
import type { DatabaseTables } from "../tables/database-tables.ts"
import { writeIn } from "../write-in.ts"
import { CHANNEL, postgresSignals } from "./postgres-signals.ts"
import { postgresSnapshot } from "./postgres-snapshot.ts"

export interface PostgresOptions extends OpenOptions {
  /** Connections at most. Default 10. */
  readonly connections?: number
}

/**
 * Opens a PostgreSQL database, and brings its schema up to date.
 *
 * @param url  `postgres://user:password@host:port/database`, as PostgreSQL's own programs take it.
 * @throws {GeartrainError} DATABASE_UNAVAILABLE, DATABASE_TOO_NEW, DATABASE_FAILED.
 * @see https://www.postgresql.org/docs/15/libpq-connect.html#LIBPQ-CONNSTRING
 */
export async function openPostgres(url: string, options: PostgresOptions = {}): Promise<Database> {
  const settings = { connectionString: url, connectionTimeoutMillis: 5000, application_name: "geartrain" }
  const pool = new pg.Pool({ ...settings, max: options.connections ?? 10, types: { getTypeParser: parserOf } })
  // A connection that breaks while nobody uses it: the next query makes another one, or tells why it cannot.
  pool.on("error", () => undefined)
  // One that breaks in the middle of a transaction fails the query that comes; without a listener the whole server would end.
  pool.on("connect", (client) => client.on("error", () => undefined))
  const kysely = new Kysely<DatabaseTables>({ dialect: new PostgresDialect({ pool }) })
  try {
    await migrateDatabase(kysely, "postgres", options.steps)
    const signals = await postgresSignals(() => new pg.Client(settings))
    return {
      kind: "postgres",
      read: kysely,
      write: writeIn(kysely, {
        kind: "postgres",
        emit: () => undefined,
        publish: async (write, topics) => {
          // In one statement: a change of a job wakes several topics, and each way there and back counts.
          await sql`select pg_notify(${CHANNEL}, topic) from unnest(${[...topics]}::text[]) as topic`.execute(write)
        },
      }),
      snapshot: (work) => postgresSnapshot(kysely, work),
      signals,
      close: async () => {
        await signals.close()
        await kysely.destroy()
      },
    }
  } catch (error) {
    await kysely.destroy()
    throw databaseError(error)
  }
}

/** Of `bigint`, whose values here are counts and milliseconds, far below 2^53. */
const BIGINT = 20

function parserOf(type: number, format?: "text" | "binary"): (value: string) => unknown {
  if (type === BIGINT && format !== "binary") return Number
  return pg.types.getTypeParser(type, "text")
}
