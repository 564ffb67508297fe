import type { TestContext } from "node:test"
import type { Database } from "../../src/server/database/database.ts"
import { openSqlite } from "../../src/server/database/sqlite/open-sqlite.ts"

/** A new, empty database of a server, in memory, which is closed after the test: for tests of what one process asks of it. */
export async function memoryDatabase(context: Pick<TestContext, "after">): Promise<Database> {
  const database = await openSqlite(":memory:")
  context.after(() => database.close())
  return database
}
