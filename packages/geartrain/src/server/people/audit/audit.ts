import type { Caller } from "../caller.ts"

/** One thing that somebody asked for, and the answer. It names what was asked of, and holds no secret and no content. */
export interface AuditEntry {
  readonly atMs: number
  /** Absent when nobody is known: a log-in that failed. */
  readonly user?: string | undefined
  readonly action: string
  readonly target?: string | undefined
  readonly project?: string | undefined
  readonly outcome: "allowed" | "refused"
  /** Code of the error, when refused. */
  readonly reason?: string | undefined
  readonly method: Caller["by"]["method"] | "password" | "oidc"
  /** Id of the session, key or token. */
  readonly shown?: string | undefined
  readonly job?: string | undefined
  readonly address?: string | undefined
}

/** Keeps what was asked and answered. Entries are added, and never changed. */
export interface Audit {
  /**
   * Adds an entry soon, together with others: within `FLUSH_MS`, and before `close` resolves. When the process is killed, entries of that time are
   * lost; so it is used for reads and writes that were allowed, whose answer must not wait for a disk. Waits when the database takes none.
   *
   * @throws {GeartrainError} DATABASE_UNAVAILABLE … when too many wait already: then nothing more is allowed that nobody would know of.
   */
  add(entry: Omit<AuditEntry, "atMs">): Promise<void>
  /** Adds an entry, and resolves when it is durable: for what was refused, for log-ins, and for changes of rights. */
  addNow(entry: Omit<AuditEntry, "atMs">): Promise<void>
  /** Resolves when all entries so far are durable. */
  flush(): Promise<void>
  close(): Promise<void>
}

/** What an entry says of who asked. */
export function askedBy(caller: Caller): Pick<AuditEntry, "user" | "method" | "shown" | "job" | "address"> {
  return {
    user: caller.user === "" ? undefined : caller.user,
    method: caller.by.method,
    shown: caller.by.id,
    job: caller.job,
    address: caller.by.address,
  }
}
