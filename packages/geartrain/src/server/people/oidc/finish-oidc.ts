import { GeartrainError } from "@geartrain/spec"
import { sha256 } from "../../../system/hash.ts"
import { isSameText } from "../../../system/secrets/same-text.ts"
import type { Write } from "../../database/database.ts"
import { insertUser } from "../accounts/make-user.ts"
import { findUser, findUserByName, type User } from "../accounts/user.ts"
import type { PeoplePorts } from "../people-ports.ts"
import { type StartedSession, startSession } from "../sessions/sessions.ts"
import { whyUnwelcome } from "./is-welcome.ts"
import type { Claims, LogInElsewhere, LogInProof } from "./log-in-elsewhere.ts"
import { needOidc } from "./start-oidc.ts"

export interface CameBack {
  /** Of the address that the browser came back with, from `?` on. */
  readonly query: string
  /** What its cookie shows. */
  readonly cookie: string | undefined
  readonly address: string
}

/**
 * Logs in who comes back from elsewhere: whoever came before, or whose verified address an account has, or a new account, if the settings say so.
 *
 * @throws {GeartrainError} OIDC_NOT_CONFIGURED, LOGIN_REFUSED, OIDC_FAILED
 */
export async function finishOidc(
  ports: PeoplePorts,
  back: CameBack,
): Promise<StartedSession & { readonly returnTo: string }> {
  const elsewhere = needOidc(ports)
  const entry = { action: "log-in", method: "oidc", address: back.address } as const
  try {
    const { returnTo, proof } = await takeLogIn(ports, back)
    const claims = await elsewhere.claimsOf(back.query, proof)
    const reason = whyUnwelcome(claims, elsewhere.settings)
    if (reason !== undefined) throw unwelcome(elsewhere, reason)
    const session = await ports.database.write(async (write) => {
      const user = await accountOf(write, { claims, elsewhere, nowMs: ports.now() })
      return startSession(write, ports, { user: user.id, method: "oidc", address: back.address })
    })
    await ports.audit.addNow({ ...entry, user: session.user, outcome: "allowed" })
    return { ...session, returnTo }
  } catch (error) {
    const code = error instanceof GeartrainError ? error.code : undefined
    await ports.audit.addNow({ ...entry, outcome: "refused", reason: code })
    throw error
  }
}

/** Each may come back once. */
async function takeLogIn(
  ports: PeoplePorts,
  { query, cookie = "" }: CameBack,
): Promise<{ readonly returnTo: string; readonly proof: LogInProof }> {
  const state = new URLSearchParams(query).get("state") ?? ""
  const isTheirs = state !== "" && isSameText(state, cookie)
  const row = isTheirs
    ? await ports.database.write(({ sql }) =>
        sql
          .deleteFrom("oidc_logins")
          .where("state_digest", "=", sha256(Buffer.from(state)))
          .returningAll()
          .executeTakeFirst(),
      )
    : undefined
  if (row === undefined || row.expires_ms < ports.now()) {
    throw new GeartrainError(
      "LOGIN_REFUSED",
      "Cannot log in: this log-in was not begun in this browser, or too long ago",
      {
        hint: "Begin again, in the same browser",
      },
    )
  }
  return { returnTo: row.return_to, proof: { state, nonce: row.nonce, verifier: row.verifier } }
}

interface Arrival {
  readonly claims: Claims
  readonly elsewhere: LogInElsewhere
  readonly nowMs: number
}

async function accountOf(write: Write, { claims, elsewhere, nowMs }: Arrival): Promise<User> {
  const { issuer } = elsewhere.settings
  const known = await write.sql
    .selectFrom("identities")
    .select("user_id")
    .where("issuer", "=", issuer)
    .where("subject", "=", claims.subject)
    .executeTakeFirst()
  if (known !== undefined) return enabled(elsewhere, await findUser(write.sql, known.user_id))
  const user =
    (await accountWithAddress(write, claims)) ??
    (elsewhere.settings.newAccounts ? await newAccount(write, { claims, elsewhere, nowMs }) : undefined)
  await write.sql
    .insertInto("identities")
    .values({ issuer, subject: claims.subject, user_id: enabled(elsewhere, user).id, created_ms: nowMs })
    .execute()
  return enabled(elsewhere, user)
}

async function accountWithAddress(write: Write, { email, emailVerified }: Claims): Promise<User | undefined> {
  if (email === undefined || !emailVerified) return undefined
  const found = await findUserByName(write.sql, email)
  // Somebody whose log-in only looks like the address is somebody else.
  return found?.email === undefined ? undefined : found
}

async function newAccount(write: Write, { claims, elsewhere, nowMs }: Arrival): Promise<User> {
  const { email, emailVerified, username, subject, name } = claims
  const address = emailVerified ? email : undefined
  for (const login of [username, address, subject]) {
    if (login === undefined || !/^[^\p{C}]{1,128}$/u.test(login)) continue
    if ((await findUserByName(write.sql, login)) !== undefined) continue
    return insertUser(write, {
      login,
      name: (name ?? login).replace(/\p{C}/gu, "").slice(0, 256),
      email: address,
      nowMs,
    })
  }
  throw unwelcome(elsewhere, "other accounts have the names that it gives you")
}

function enabled(elsewhere: LogInElsewhere, user: User | undefined): User {
  if (user === undefined) throw unwelcome(elsewhere, "you have no account here")
  if (user.disabled) throw unwelcome(elsewhere, "your account is disabled")
  return user
}

function unwelcome({ settings }: LogInElsewhere, reason: string): GeartrainError {
  return new GeartrainError("LOGIN_REFUSED", `Cannot log in through ${settings.label}: ${reason}`, {
    hint: "Ask an admin of the site",
  })
}
