import type { DatabaseSync, StatementSync } from "node:sqlite"
import { pathToFileURL } from "node:url"
import { GeartrainError, isGeartrainError } from "@geartrain/spec"
import { copyFile, lstat, rm } from "../../../system/files.ts"
import { makeTemporaryFolder } from "../../../system/temporary-folder.ts"
import { LogSync } from "./log-sync.ts"
import { MIGRATIONS } from "./migrations.ts"
import { isFull, isUnwritable, sqliteError } from "./sqlite-error.ts"

/** An open database of records. */
export interface Connection {
  readonly database: DatabaseSync
  /** Why nothing can be written; undefined when it can be. */
  readonly unwritable: GeartrainError | undefined
  /** Resolves when everything that was committed before is durable. */
  sync(): Promise<void>
  /** Prepares a statement, or finds the one that was prepared for this text before. */
  prepare(sql: string): StatementSync
  close(): Promise<void>
}

/** SQLite waits so long by itself, and nothing else in this process goes on meanwhile. Longer waits are waited for outside. */
const BUSY_MS = 20

/**
 * Opens the database, and brings its schema up to date.
 *
 * @throws {GeartrainError} STORE_TOO_NEW when a newer program has changed its schema; STORE_DAMAGED.
 */
export async function openConnection(path: string): Promise<Connection> {
  const { DatabaseSync } = await import("node:sqlite")
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path)
    database.exec(`PRAGMA busy_timeout = ${BUSY_MS}`)
    const mode = database.prepare("PRAGMA journal_mode = WAL").get()?.["journal_mode"]
    // A disk without shared memory has no log beside the database: then each commit waits for the disk.
    const log = mode === "wal" ? new LogSync(`${path}-wal`) : undefined
    database.exec(`PRAGMA synchronous = ${log === undefined ? "FULL" : "NORMAL"}; PRAGMA foreign_keys = ON`)
    migrate(database, path)
    return connection(database, { log })
  } catch (error) {
    database?.close()
    if (!isUnwritable(error) && !isFull(error)) throw error
    return openReadOnly(path, error)
  }
}

function migrate(database: DatabaseSync, path: string): void {
  if (versionOf(database, path) === MIGRATIONS.length) return
  database.exec("BEGIN IMMEDIATE")
  try {
    // Again, since another process may have been first.
    for (const step of MIGRATIONS.slice(versionOf(database, path))) database.exec(step)
    database.exec(`PRAGMA user_version = ${MIGRATIONS.length}`)
    database.exec("COMMIT")
  } catch (error) {
    database.exec("ROLLBACK")
    throw error
  }
}

function versionOf(database: DatabaseSync, path: string): number {
  const version = Number(database.prepare("PRAGMA user_version").get()?.["user_version"])
  if (version <= MIGRATIONS.length) return version
  throw new GeartrainError(
    "STORE_TOO_NEW",
    `Cannot open records "${path}": they have schema ${version}, and this program knows schemas up to ${MIGRATIONS.length}`,
    {
      details: { found: version, known: MIGRATIONS.length },
      hint: "Use the newer Geartrain that wrote them, or set GEARTRAIN_HOME to another folder",
    },
  )
}

/** Of the file of shared memory, as long as it is whole. @see https://www.sqlite.org/walformat.html#the_wal_index_file_format */
const LEAST_SHARED_BYTES = 32_768

/**
 * Opens a database on a disk that takes no writes, or has no room for any. In WAL mode, SQLite needs a file of shared memory for that. Where a process was killed it
 * lies there; where all ended well there is no log either, and the database is all there is to read; and where only the log was copied, SQLite
 * would pass over it in silence, so it gets copies at a place where it may write.
 *
 * @see https://www.sqlite.org/wal.html#read_only_databases
 */
async function openReadOnly(path: string, cause: unknown): Promise<Connection> {
  const log = await sizeOf(`${path}-wal`)
  if (log > 0 && (await sizeOf(`${path}-shm`)) < LEAST_SHARED_BYTES) return openCopy(path, cause)
  const { DatabaseSync } = await import("node:sqlite")
  const place = log > 0 ? path : new URL(`${pathToFileURL(path).href}?immutable=1`)
  const database = new DatabaseSync(place, { readOnly: true })
  try {
    database.exec(`PRAGMA busy_timeout = ${BUSY_MS}`)
    refuseOldSchema(database, path, cause)
    return connection(database, { unwritable: unwritable(path, cause) })
  } catch (error) {
    database.close()
    throw error
  }
}

async function openCopy(path: string, cause: unknown): Promise<Connection> {
  const folder = await makeTemporaryFolder("geartrain-records-")
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true })
  try {
    for (const suffix of ["", "-wal"]) await copyFile(`${path}${suffix}`, `${folder}/records.db${suffix}`)
    const copy = await openConnection(`${folder}/records.db`)
    const close = async (): Promise<void> => {
      await copy.close()
      await remove()
    }
    return { ...copy, unwritable: unwritable(path, cause), close }
  } catch (error) {
    await remove()
    throw error
  }
}

function refuseOldSchema(database: DatabaseSync, path: string, cause: unknown): void {
  const version = versionOf(database, path)
  if (version === MIGRATIONS.length) return
  throw sqliteError(cause, `bring records "${path}" from schema ${version} to ${MIGRATIONS.length}`)
}

function unwritable(path: string, cause: unknown): GeartrainError {
  const doing = `write records "${path}"`
  const explained = sqliteError(cause, doing)
  return isGeartrainError(explained) ? explained : new GeartrainError("STORE_FAILED", `Cannot ${doing}`, { cause })
}

function connection(
  database: DatabaseSync,
  mode: { readonly unwritable?: GeartrainError; readonly log?: LogSync | undefined },
): Connection {
  const statements = new Map<string, StatementSync>()
  return {
    database,
    unwritable: mode.unwritable,
    sync: async () => mode.log?.sync(),
    prepare: (sql) => {
      const known = statements.get(sql)
      if (known !== undefined) return known
      const statement = database.prepare(sql)
      statements.set(sql, statement)
      return statement
    },
    close: async () => {
      await mode.log?.close()
      database.close()
    },
  }
}

async function sizeOf(path: string): Promise<number> {
  return lstat(path).then(
    (stats) => stats.size,
    () => 0,
  )
}
