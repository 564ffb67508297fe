import { GeartrainError, isGeartrainError } from "@geartrain/spec"
import type { Database, OpenOptions } from "../../server/database/database.ts"
import { databaseError } from "../../server/database/database-error.ts"
import type { ServerSettings } from "../../settings/server-settings.ts"
import { systemCode } from "../../system/system-code.ts"

type DatabasePlace = Pick<ServerSettings, "data" | "database">

/**
 * Opens the database of a server: the one that the settings name, or a file in its data folder.
 *
 * @throws {GeartrainError} DATABASE_UNAVAILABLE, DATABASE_FAILED, STORE_FULL, with where it is; DATABASE_TOO_NEW.
 */
export async function openServerDatabase(place: DatabasePlace, options: OpenOptions = {}): Promise<Database> {
  try {
    if (place.database === undefined) {
      const { openSqlite } = await import("../../server/database/sqlite/open-sqlite.ts")
      return await openSqlite(sqlitePath(place), options)
    }
    const { openPostgres } = await import("../../server/database/postgres/open-postgres.ts")
    return await openPostgres(place.database, options)
  } catch (error) {
    throw explained(databaseError(error), place)
  }
}

function sqlitePath({ data }: DatabasePlace): string {
  return `${data}/server.db`
}

/** Whoever starts a server is told where its database is; those who ask a server that runs are not. */
function explained(error: unknown, place: DatabasePlace): unknown {
  const hint = isGeartrainError(error) ? HINTS.get(error.code) : undefined
  if (!isGeartrainError(error) || hint === undefined) return error
  const { cause } = error
  const said = cause instanceof Error ? cause.message || systemCode(cause) : undefined
  return new GeartrainError(error.code, `Cannot open the database ${nameOf(place)}: ${said ?? error.message}`, {
    hint: place.database === undefined && error.code !== "STORE_FULL" ? HINT_FILE : hint,
    cause: error,
  })
}

const HINT_FILE = "Look at the modes of the data folder, and whether another program has the file open"
const HINTS: ReadonlyMap<string, string> = new Map([
  ["STORE_FULL", "Free some space on the disk that it lies on"],
  ["DATABASE_UNAVAILABLE", "Start it, or name another: --database, or database in the settings"],
  ["DATABASE_FAILED", "Look at its address and the rights of its user: --database, or database in the settings"],
])

/** Without the password that an address may have. */
function nameOf(place: DatabasePlace): string {
  if (place.database === undefined) return `"${sqlitePath(place)}"`
  const url = URL.parse(place.database)
  return url === null ? "of the settings" : `"${url.pathname.slice(1)}" at ${url.host || "its socket"}`
}
