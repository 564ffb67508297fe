import {
  type CompiledQuery,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from "kysely"
import type { DatabaseTables } from "../../../src/server/database/tables/database-tables.ts"

/** What a PostgreSQL would be asked, where there is none: every statement in its words, each of which finds nothing. */
export function postgresWords(): { readonly kysely: Kysely<DatabaseTables>; readonly asked: readonly CompiledQuery[] } {
  const asked: CompiledQuery[] = []
  const kysely = new Kysely<DatabaseTables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (of) => new PostgresIntrospector(of),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
    log: ({ query }) => void asked.push(query),
  })
  return { kysely, asked }
}
