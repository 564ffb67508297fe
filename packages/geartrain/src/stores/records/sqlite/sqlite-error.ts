import { GeartrainError, isGeartrainError } from "@geartrain/spec"
import { systemCode } from "../../../system/system-code.ts"

/**
 * Turns what SQLite refused into an error that says what to do. Anything else comes back as it is.
 *
 * @param doing  What could not be done, such as `write records "/data/store/records.db"`.
 * @see https://www.sqlite.org/rescode.html
 */
export function sqliteError(error: unknown, doing: string): unknown {
  if (isGeartrainError(error) || !isSqliteError(error)) return error
  const options = { details: { sqlite: error.errcode, text: error.errstr }, cause: error }
  if (isFull(error)) {
    return new GeartrainError("STORE_FULL", `Cannot ${doing}: the disk is full`, {
      ...options,
      hint: "Free some space, for instance with: gear store gc",
    })
  }
  switch (error.errcode & 0xff) {
    case RESULT.readOnly:
    case RESULT.cannotOpen:
    case RESULT.permission:
      return new GeartrainError("STORE_READ_ONLY", `Cannot ${doing}: the database cannot be written to`, {
        ...options,
        hint: "Make the folder writable for you, or set GEARTRAIN_HOME to another one",
      })
    case RESULT.corrupt:
    case RESULT.notADatabase:
      return recordsDamaged(doing, error.errstr, error)
    default:
      return new GeartrainError("STORE_FAILED", `Cannot ${doing}: ${error.errstr}`, options)
  }
}

export function recordsDamaged(doing: string, because: string, cause?: unknown): GeartrainError<"STORE_DAMAGED"> {
  return new GeartrainError("STORE_DAMAGED", `Cannot ${doing}: ${because}`, {
    details: { because },
    hint: "See everything that is damaged with: gear store fsck; then put a copy of records.db back",
    cause,
  })
}

/** Whether trying again may help, since another process writes just now. */
export function isBusy(error: unknown): boolean {
  if (!isSqliteError(error)) return false
  const code = error.errcode & 0xff
  return code === RESULT.busy || code === RESULT.locked
}

export function isUnwritable(error: unknown): boolean {
  if (!isSqliteError(error)) return false
  const code = error.errcode & 0xff
  return code === RESULT.cannotOpen || code === RESULT.readOnly || code === RESULT.permission
}

/** Whether there is no room: for the database, its log, or the memory that processes share to read the log. */
export function isFull(error: unknown): boolean {
  if (!isSqliteError(error)) return false
  return (error.errcode & 0xff) === RESULT.full || error.errcode === NO_ROOM_FOR_SHARED_MEMORY
}

interface SqliteError extends Error {
  readonly errcode: number
  readonly errstr: string
}

function isSqliteError(error: unknown): error is SqliteError {
  return error instanceof Error && systemCode(error) === "ERR_SQLITE_ERROR" && "errcode" in error
}

/** SQLITE_IOERR_SHMSIZE */
const NO_ROOM_FOR_SHARED_MEMORY = 4874

/** Primary result codes: the low byte of what SQLite answers. */
const RESULT = {
  permission: 3,
  busy: 5,
  locked: 6,
  readOnly: 8,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
} as const
