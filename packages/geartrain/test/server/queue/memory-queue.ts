import type { TestContext } from "node:test"
import { openSqlite } from "../../../src/server/database/sqlite/open-sqlite.ts"
import { type QueueBench, queueBench } from "./queue-bench.ts"

/** A queue on a database in memory, which is closed after the test: for rules that no second connection has a part in. */
export async function memoryQueue(
  context: Pick<TestContext, "after">,
  options: Parameters<typeof queueBench>[1] = {},
): Promise<QueueBench> {
  const database = await openSqlite(":memory:")
  context.after(() => database.close())
  return queueBench(database, options)
}
