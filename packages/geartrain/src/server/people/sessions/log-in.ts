import { GeartrainError } from "@geartrain/spec"
import { checkPassword, hashPassword } from "../../../system/secrets/password-hash.ts"
import { findUserByName, nameKey, type User } from "../accounts/user.ts"
import type { AuditEntry } from "../audit/audit.ts"
import type { PeoplePorts } from "../people-ports.ts"
import { countTry, forgetTries } from "./login-delays.ts"
import { type StartedSession, startSession } from "./sessions.ts"

/**
 * What passwords of nobody are compared with, so that it takes as long to refuse a user who is not there as one who is. A hash of bytes that
 * were thrown away.
 */
const NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$Z2VhcnRyYWluLW5vYm9keQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

/**
 * Logs in with a password.
 *
 * @throws {GeartrainError} LOGIN_FAILED in the same words whatever is wrong; TOO_MANY_REQUESTS when it has failed too often lately.
 */
export async function logIn(
  ports: PeoplePorts,
  request: { readonly login: string; readonly password: string; readonly address: string },
): Promise<StartedSession> {
  const { login, password, address } = request
  const tried = { account: nameKey(login), address }
  const user = await findUserByName(ports.database.read, login)
  const entry = { user: user?.id, action: "log-in", method: "password", address } as const
  await countTry(ports.database, { ...tried, nowMs: ports.now() }).catch((error) => refused(ports, entry, error))
  const phc = await passwordOf(ports, user)
  const { isRight, isOld } = await checkPassword(password, phc ?? NOBODYS)
  if (user === undefined || phc === undefined || !isRight || user.disabled) {
    const failure = new GeartrainError("LOGIN_FAILED", "Cannot log in: name and password do not belong together", {
      hint: "Ask an admin of the site for a new password if it is lost",
    })
    return refused(ports, entry, failure)
  }
  await forgetTries(ports.database, tried)
  const renewed = isOld ? await hashPassword(password) : undefined
  const session = await ports.database.write(async (write) => {
    if (renewed !== undefined) {
      // Another password that was set meanwhile stays.
      await write.sql
        .updateTable("passwords")
        .set({ phc: renewed })
        .where("user_id", "=", user.id)
        .where("phc", "=", phc)
        .execute()
    }
    return startSession(write, ports, { user: user.id, method: "password", address })
  })
  await ports.audit.addNow({ ...entry, outcome: "allowed" })
  return session
}

async function passwordOf(ports: PeoplePorts, user: User | undefined): Promise<string | undefined> {
  if (user === undefined) return undefined
  const row = await ports.database.read
    .selectFrom("passwords")
    .select("phc")
    .where("user_id", "=", user.id)
    .executeTakeFirst()
  return row?.phc
}

async function refused(
  ports: PeoplePorts,
  entry: Pick<AuditEntry, "user" | "action" | "method" | "address">,
  error: unknown,
): Promise<never> {
  const reason = error instanceof GeartrainError ? error.code : undefined
  await ports.audit.addNow({ ...entry, outcome: "refused", reason })
  throw error
}
