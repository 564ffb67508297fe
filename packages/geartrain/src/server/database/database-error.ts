import { GeartrainError, isGeartrainError } from "@geartrain/spec"

/**
 * Turns what a database refused into an error that says what to do. Anything else comes back as it is.
 *
 * @see https://www.sqlite.org/rescode.html
 * @see https://www.postgresql.org/docs/15/errcodes-appendix.html
 */
export function databaseError(error: unknown): unknown {
  if (isGeartrainError(error) || !(error instanceof Error)) return error
  const sqlite = sqliteCode(error)
  const state = sqlState(error)
  if (sqlite === SQLITE.full || state === "53100") {
    return new GeartrainError("STORE_FULL", "The server's database cannot be written: its disk is full", {
      hint: "Free some space on the disk that the database lies on",
      cause: error,
    })
  }
  if (isUnreachable(error) || sqlite === SQLITE.busy || sqlite === SQLITE.locked) {
    return new GeartrainError("DATABASE_UNAVAILABLE", "The server's database does not answer", {
      hint: "Try again in a moment; an admin looks whether it runs, and into the log of the server",
      cause: error,
    })
  }
  if (sqlite === undefined && state === undefined) return error
  return new GeartrainError("DATABASE_FAILED", `The server's database refused a statement: ${error.message}`, {
    cause: error,
  })
}

/** Whether another transaction was in the way, so that trying again may help. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const sqlite = sqliteCode(error)
  if (sqlite === SQLITE.busy || sqlite === SQLITE.locked) return true
  // Serialization failure, deadlock.
  const state = sqlState(error)
  return state === "40001" || state === "40P01"
}

/** Whether a row broke a rule of being the only one of its kind. */
export function isDuplicate(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const cause = isGeartrainError(error, "DATABASE_FAILED") ? error.cause : error
  if (!(cause instanceof Error)) return false
  return sqlState(cause) === "23505" || /UNIQUE constraint failed/.test(cause.message)
}

function sqliteCode(error: Error): number | undefined {
  const found = "errcode" in error ? error.errcode : undefined
  return typeof found === "number" ? found & 0xff : undefined
}

/** PostgreSQL's codes have five letters or digits. */
function sqlState(error: Error): string | undefined {
  const found = "code" in error ? error.code : undefined
  return typeof found === "string" && /^[0-9A-Z]{5}$/.test(found) ? found : undefined
}

const SQLITE = { busy: 5, locked: 6, full: 13 } as const

/** Connections that were refused, cut or timed out, and a database that starts, stops or has no connection left. */
function isUnreachable(error: Error): boolean {
  const state = sqlState(error)
  if (state !== undefined) return /^(08|57P|53300)/.test(state)
  const code = "code" in error ? String(error.code) : ""
  if (/^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOENT|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN)$/.test(code)) return true
  return /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Cannot use a pool after/.test(
    error.message,
  )
}
