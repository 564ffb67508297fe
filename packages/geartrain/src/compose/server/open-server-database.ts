import type { Database, OpenOptions } from "../../server/database/database.ts"
import type { ServerSettings } from "../../settings/server-settings.ts"

/** Opens the database of a server: the one that the settings name, or a file in its data folder. */
export async function openServerDatabase(
  { data, database }: Pick<ServerSettings, "data" | "database">,
  options: OpenOptions = {},
): Promise<Database> {
  if (database === undefined) {
    const { openSqlite } = await import("../../server/database/sqlite/open-sqlite.ts")
    return openSqlite(`${data}/server.db`, options)
  }
  const { openPostgres } = await import("../../server/database/postgres/open-postgres.ts")
  return openPostgres(database, options)
}
