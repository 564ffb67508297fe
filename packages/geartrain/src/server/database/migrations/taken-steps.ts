import type { Kysely } from "kysely"
import type { Queries } from "../database.ts"

/** Where the names of the steps taken are kept. */
export const STEPS_TABLE = "schema_steps"

/** Names of the steps that a database has taken, in their order; none for an empty one. */
export async function takenSteps(queries: Queries): Promise<readonly string[]> {
  const tables = await queries.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some(({ name }) => name === STEPS_TABLE)) return []
  const rows = await (queries as unknown as Kysely<{ schema_steps: { name: string } }>)
    .selectFrom(STEPS_TABLE)
    .select("name")
    .orderBy("name")
    .execute()
  return rows.map(({ name }) => name)
}
