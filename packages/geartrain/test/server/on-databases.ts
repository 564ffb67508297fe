import { rmSync } from "node:fs"
import { mkdtemp } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, describe, type TestContext, test } from "node:test"
import type { Database, OpenOptions } from "../../src/server/database/database.ts"
import { openPostgres } from "../../src/server/database/postgres/open-postgres.ts"
import { openSqlite } from "../../src/server/database/sqlite/open-sqlite.ts"
import { POSTGRES_SKIP, startPostgres, type TemporaryPostgres } from "./temporary-postgres.ts"

/** What a test of the server's database gets. */
export interface DatabaseBench {
  readonly kind: Database["kind"]
  /** A new, empty database, which is closed after the test. */
  open(context: TestContext, options?: OpenOptions): Promise<Database>
  /** The same database again, as another server process sees it. */
  again(context: TestContext, options?: OpenOptions): Promise<Database>
  test(name: string, run: (context: TestContext) => Promise<void>): void
}

/**
 * Declares the same tests for SQLite and for PostgreSQL. One PostgreSQL serves all tests of a file, each with a database of its own.
 *
 *   onDatabases((bench) => bench.test("an event is read", async (context) => { const database = await bench.open(context) … }))
 */
export function onDatabases(declare: (bench: DatabaseBench) => void): void {
  describe("on SQLite", () => {
    const places = new WeakMap<TestContext, string>()
    const folders = new Set<string>()
    // When every connection of every test is closed; or when the process ends otherwise.
    const removeAll = (): void => {
      for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
      folders.clear()
    }
    after(removeAll)
    process.once("exit", removeAll)
    const openAt = async (context: TestContext, path: string, options?: OpenOptions): Promise<Database> => {
      const database = await openSqlite(path, options)
      context.after(() => database.close())
      return database
    }
    declare({
      kind: "sqlite",
      open: async (context, options) => {
        const folder = await mkdtemp(join(tmpdir(), "geartrain-database-"))
        folders.add(folder)
        const database = await openSqlite(join(folder, "server.db"), options)
        context.after(() => database.close())
        places.set(context, join(folder, "server.db"))
        return database
      },
      again: (context, options) => openAt(context, placeOf(places, context), options),
      test: (name, run) => void test(name, (context) => run(context as TestContext)),
    })
  })
  describe("on PostgreSQL", { skip: POSTGRES_SKIP }, () => {
    let started: Promise<TemporaryPostgres> | undefined
    const places = new WeakMap<TestContext, string>()
    const openAt = async (context: TestContext, url: string, options?: OpenOptions): Promise<Database> => {
      const database = await openPostgres(url, { connections: 4, ...options })
      context.after(() => database.close())
      return database
    }
    after(async () => (await started)?.stop())
    declare({
      kind: "postgres",
      open: async (context, options) => {
        started ??= startPostgres()
        const url = await (await started).makeDatabase()
        places.set(context, url)
        return openAt(context, url, options)
      },
      again: (context, options) => openAt(context, placeOf(places, context), options),
      test: (name, run) => void test(name, (context) => run(context as TestContext)),
    })
  })
}

function placeOf(places: WeakMap<TestContext, string>, context: TestContext): string {
  const place = places.get(context)
  if (place === undefined) throw new Error("open the database first")
  return place
}
