import type { Insertable } from "kysely"
import type { Database } from "../../database/database.ts"
import type { AuditRow } from "../../database/tables/people-tables.ts"
import type { Audit, AuditEntry } from "./audit.ts"

/** So long an entry waits for others to be written with. */
const FLUSH_MS = 100

/** So many entries wait at most; from then on whoever asks waits for the database. */
const MOST_WAITING = 10_000

/** So many rows a statement adds: SQLite takes 32,766 values in one. */
const ROWS_AT_ONCE = 500

/** Keeps the audit in a database. */
export function openAudit(database: Database, now: () => number): Audit {
  let waiting: Insertable<AuditRow>[] = []
  let timer: NodeJS.Timeout | undefined
  let last: Promise<void> = Promise.resolve()

  const flush = (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    // One at a time, so that entries stand in their order.
    last = last.catch(() => undefined).then(writeWaiting)
    return last
  }
  const writeWaiting = async (): Promise<void> => {
    if (waiting.length === 0) return
    const rows = waiting
    waiting = []
    try {
      await database.write(async (write) => {
        for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
          await write.sql
            .insertInto("audit")
            .values(rows.slice(at, at + ROWS_AT_ONCE))
            .execute()
        }
      })
    } catch (error) {
      // They stay first, and are tried again with the next one.
      waiting = [...rows, ...waiting]
      throw error
    }
  }
  const later = (): void => {
    // A flush that fails is tried again at the next entry and at the end; `add` tells of it when too many wait.
    timer ??= setTimeout(() => void flush().catch(() => undefined), FLUSH_MS)
  }
  return {
    add: async (entry) => {
      if (waiting.length >= MOST_WAITING) await flush()
      waiting.push(rowOf(entry, now()))
      later()
    },
    addNow: async (entry) => {
      // Nobody who is refused again and again while nothing can be written fills the memory.
      if (waiting.length >= MOST_WAITING) await flush()
      waiting.push(rowOf(entry, now()))
      await flush()
    },
    flush,
    close: flush,
  }
}

function rowOf(entry: Omit<AuditEntry, "atMs">, atMs: number): Insertable<AuditRow> {
  return {
    at_ms: atMs,
    user_id: entry.user ?? null,
    action: entry.action,
    target: entry.target ?? null,
    project: entry.project ?? null,
    outcome: entry.outcome,
    reason: entry.reason ?? null,
    method: entry.method,
    shown_id: entry.shown ?? null,
    job: entry.job ?? null,
    address: entry.address ?? null,
  }
}
