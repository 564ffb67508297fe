import { GeartrainError } from "@geartrain/spec"
import type { Write } from "../../database/database.ts"
import type { SessionRow } from "../../database/tables/people-tables.ts"
import type { Caller } from "../caller.ts"
import type { PeoplePorts } from "../people-ports.ts"
import { needWhole } from "../rights/need-whole.ts"
import { makeToken } from "../tokens/secret-token.ts"
import { endSessions } from "./end-sessions.ts"

export interface Session {
  readonly id: string
  readonly createdMs: number
  readonly seenMs: number
  readonly expiresMs: number
  readonly method: SessionRow["method"]
  readonly address?: string | undefined
  /** It is the one that asks. */
  readonly present: boolean
}

export interface StartedSession {
  /** For the cookie; it is kept nowhere. */
  readonly token: string
  readonly user: string
  readonly expiresMs: number
}

/** Starts a session in a transaction. What is over is swept out on the way. */
export async function startSession(
  write: Write,
  ports: Pick<PeoplePorts, "now" | "peopleSettings">,
  session: { readonly user: string; readonly method: SessionRow["method"]; readonly address?: string | undefined },
): Promise<StartedSession> {
  const nowMs = ports.now()
  const { id, text, secretDigest } = makeToken("session")
  const expiresMs = nowMs + ports.peopleSettings.sessionMs
  await write.sql.deleteFrom("sessions").where("expires_ms", "<", nowMs).execute()
  await write.sql
    .insertInto("sessions")
    .values({
      id,
      secret_digest: secretDigest,
      user_id: session.user,
      created_ms: nowMs,
      seen_ms: nowMs,
      expires_ms: expiresMs,
      method: session.method,
      address: session.address ?? null,
    })
    .execute()
  return { token: text, user: session.user, expiresMs }
}

/** The caller's sessions that count, the newest first. */
export async function listSessions(ports: PeoplePorts, caller: Caller): Promise<readonly Session[]> {
  await needWhole(ports, caller, { action: "session.list" })
  const nowMs = ports.now()
  const rows = await ports.database.read
    .selectFrom("sessions")
    .selectAll()
    .where("user_id", "=", caller.user)
    .where("expires_ms", ">", nowMs)
    .where("seen_ms", ">", nowMs - ports.peopleSettings.sessionIdleMs)
    .orderBy("id", "desc")
    .limit(1000)
    .execute()
  return rows.map((row) => ({
    id: row.id,
    createdMs: row.created_ms,
    seenMs: row.seen_ms,
    expiresMs: row.expires_ms,
    method: row.method,
    address: row.address ?? undefined,
    present: row.id === caller.by.id,
  }))
}

/**
 * Ends the session that asks, or all of its user's.
 *
 * @throws {GeartrainError} TOKEN_NOT_FOUND when it is no session that asks, and not all are meant.
 */
export async function logOut(
  ports: PeoplePorts,
  caller: Caller,
  options: { readonly everywhere: boolean },
): Promise<void> {
  const { method, id } = caller.by
  if (options.everywhere) {
    await needWhole(ports, caller, { action: "session.end-all" })
    await ports.database.write((write) => endSessions(write, caller.user))
    return
  }
  if (method !== "session" || id === undefined) {
    throw new GeartrainError("TOKEN_NOT_FOUND", "Cannot log out: it is no session that asks", {
      hint: "A key is ended by revoking it",
    })
  }
  await needWhole(ports, caller, { action: "session.end" })
  await ports.database.write((write) => write.sql.deleteFrom("sessions").where("id", "=", id).execute())
}
