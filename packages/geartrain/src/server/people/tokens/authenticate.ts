import { GeartrainError, isGeartrainError } from "@geartrain/spec"
import type { Caller, Right } from "../caller.ts"
import type { PeoplePorts } from "../people-ports.ts"
import { scopesOf } from "./api-keys.ts"
import { runnerLabelsOf } from "./runner-tokens.ts"
import { isSecret, readToken, type SecretToken, type TokenKind } from "./secret-token.ts"

/** What a request shows of who sends it: nothing of it has been believed yet. */
export interface Credentials {
  /** The header `Authorization`. */
  readonly authorization: string | undefined
  /** The value of the session's cookie. */
  readonly session: string | undefined
  readonly address: string
}

type TokenPorts = Pick<PeoplePorts, "database" | "audit" | "now" | "peopleSettings">

/** How long it may be ago that something was used, and is not noted again: a write for every request would be one for every read. */
const NOTED_MS = 60_000

/**
 * Finds out who asks, by what they show. The database is asked every time: what is revoked is refused at the next request.
 *
 * @returns undefined when nothing is shown.
 * @throws {GeartrainError} NOT_AUTHENTICATED for what is wrong, expired or revoked, in the same words.
 */
export async function authenticate(ports: TokenPorts, shown: Credentials): Promise<Caller | undefined> {
  if (shown.authorization !== undefined) {
    // Flywheel's scripts and gears say it in their own way.
    const [, text = ""] = /^(?:Bearer|scitran-user) ([\x21-\x7e]{1,200})$/i.exec(shown.authorization) ?? []
    // Their keys have the server's name in front.
    const token = readToken(text.slice(text.lastIndexOf(":") + 1))
    const caller =
      token === undefined || token.kind === "session" ? undefined : await CALLERS[token.kind](ports, token, shown)
    if (caller !== undefined) return caller
    await noteRefusal(ports, token, shown)
    throw unknown()
  }
  if (shown.session === undefined) return undefined
  const token = readToken(shown.session)
  // A cookie that has run out is no fault: its browser is asked to log in again where that is needed.
  return token?.kind === "session" ? sessionCaller(ports, token, shown) : undefined
}

const CALLERS: Readonly<
  Record<
    Exclude<TokenKind, "session">,
    (ports: TokenPorts, token: SecretToken, shown: Credentials) => Promise<Caller | undefined>
  >
> = { key: keyCaller, job: jobCaller, runner: runnerCaller }

async function keyCaller(ports: TokenPorts, token: SecretToken, shown: Credentials): Promise<Caller | undefined> {
  const { read } = ports.database
  const row = await read
    .selectFrom("api_keys")
    .innerJoin("users", "users.id", "api_keys.user_id")
    .select(["secret_digest", "user_id", "scopes", "expires_ms", "seen_ms", "revoked_ms", "site_admin", "disabled_ms"])
    .where("api_keys.id", "=", token.id)
    .executeTakeFirst()
  if (row === undefined || !isSecret(token, row.secret_digest) || row.disabled_ms !== null) return undefined
  if (isOver(row, ports.now())) return undefined
  await note(ports, { table: "api_keys", id: token.id, seenMs: row.seen_ms, address: shown.address })
  const scopes = scopesOf(row)
  return {
    kind: "person",
    user: row.user_id,
    siteAdmin: row.site_admin === 1,
    ...(scopes === undefined ? {} : { scopes }),
    by: { method: "key", id: token.id, address: shown.address },
  }
}

async function jobCaller(ports: TokenPorts, token: SecretToken, shown: Credentials): Promise<Caller | undefined> {
  const row = await ports.database.read
    .selectFrom("job_tokens")
    .innerJoin("users", "users.id", "job_tokens.user_id")
    .select(["secret_digest", "user_id", "job", "attempt", "project", "access_right", "site_admin", "disabled_ms"])
    .where("job_tokens.id", "=", token.id)
    .executeTakeFirst()
  if (row === undefined || !isSecret(token, row.secret_digest) || row.disabled_ms !== null) return undefined
  return {
    kind: "job",
    user: row.user_id,
    siteAdmin: row.site_admin === 1,
    scopes: [{ right: row.access_right as Right, project: row.project }],
    job: row.job,
    attempt: row.attempt,
    by: { method: "job-token", id: token.id, address: shown.address },
  }
}

async function runnerCaller(ports: TokenPorts, token: SecretToken, shown: Credentials): Promise<Caller | undefined> {
  const row = await ports.database.read
    .selectFrom("runner_tokens")
    .selectAll()
    .where("id", "=", token.id)
    .executeTakeFirst()
  if (row === undefined || !isSecret(token, row.secret_digest) || isOver(row, ports.now())) return undefined
  await note(ports, { table: "runner_tokens", id: token.id, seenMs: row.seen_ms, address: shown.address })
  const labels = runnerLabelsOf(row)
  return {
    kind: "runner",
    user: token.id,
    siteAdmin: false,
    scopes: [],
    ...(labels === undefined ? {} : { labels }),
    by: { method: "runner-token", id: token.id, address: shown.address },
  }
}

async function sessionCaller(ports: TokenPorts, token: SecretToken, shown: Credentials): Promise<Caller | undefined> {
  const row = await ports.database.read
    .selectFrom("sessions")
    .innerJoin("users", "users.id", "sessions.user_id")
    .select(["secret_digest", "user_id", "expires_ms", "seen_ms", "site_admin", "disabled_ms"])
    .where("sessions.id", "=", token.id)
    .executeTakeFirst()
  if (row === undefined || !isSecret(token, row.secret_digest) || row.disabled_ms !== null) return undefined
  const nowMs = ports.now()
  if (row.expires_ms <= nowMs || row.seen_ms + ports.peopleSettings.sessionIdleMs <= nowMs) return undefined
  await note(ports, { table: "sessions", id: token.id, seenMs: row.seen_ms })
  return {
    kind: "person",
    user: row.user_id,
    siteAdmin: row.site_admin === 1,
    by: { method: "session", id: token.id, address: shown.address },
  }
}

function isOver(
  row: { readonly expires_ms: number | null; readonly revoked_ms: number | null },
  nowMs: number,
): boolean {
  return row.revoked_ms !== null || (row.expires_ms !== null && row.expires_ms <= nowMs)
}

async function note(
  ports: TokenPorts,
  used: {
    readonly table: "api_keys" | "runner_tokens" | "sessions"
    readonly id: string
    readonly seenMs: number | null
    readonly address?: string
  },
): Promise<void> {
  const seen_ms = ports.now()
  if (used.seenMs !== null && used.seenMs > seen_ms - NOTED_MS) return
  const noting = ports.database.write(({ sql }) =>
    used.table === "sessions"
      ? sql.updateTable("sessions").set({ seen_ms }).where("id", "=", used.id).execute()
      : sql
          .updateTable(used.table)
          .set({ seen_ms, seen_address: used.address ?? null })
          .where("id", "=", used.id)
          .execute(),
  )
  // Who somebody is does not hang on it, nor what they may. A session that is not noted as used ends the sooner.
  await noting.catch((error: unknown) => {
    if (!isGeartrainError(error, "STORE_FULL") && !isGeartrainError(error, "DATABASE_FAILED")) throw error
  })
}

/** Somebody may use what was taken away, or may be trying. What is no token at all is not worth a line. */
async function noteRefusal(ports: TokenPorts, token: SecretToken | undefined, shown: Credentials): Promise<void> {
  if (token === undefined) return
  const { address } = shown
  const method = METHODS[token.kind]
  await ports.audit.add({
    action: "authenticate",
    outcome: "refused",
    reason: "NOT_AUTHENTICATED",
    method,
    shown: token.id,
    address,
  })
}

const METHODS: Readonly<Record<TokenKind, Caller["by"]["method"]>> = {
  key: "key",
  job: "job-token",
  runner: "runner-token",
  session: "session",
}

function unknown(): GeartrainError {
  return new GeartrainError(
    "NOT_AUTHENTICATED",
    "Cannot answer: the key or token is wrong, has expired, or was revoked",
    {
      hint: "Make a new key, or log in",
    },
  )
}
