import { GeartrainError } from "@geartrain/spec"
import { checkPassword, hashPassword } from "../../../system/secrets/password-hash.ts"
import { askedBy } from "../audit/audit.ts"
import type { Caller } from "../caller.ts"
import type { PeoplePorts } from "../people-ports.ts"
import { needWhole } from "../rights/need-whole.ts"
import { endSessions } from "../sessions/end-sessions.ts"
import { userNotFound } from "./change-user.ts"
import { checkNewPassword } from "./check-account.ts"
import { findUser } from "./user.ts"

/**
 * Gives an account a password: one's own, with the present one, or anybody's by an admin of the site. All its other sessions end.
 *
 * @throws {GeartrainError} NOT_PERMITTED, USER_NOT_FOUND, LOGIN_FAILED for a wrong present password, PASSWORD_UNFIT.
 */
export async function setPassword(
  ports: PeoplePorts,
  caller: Caller,
  request: { readonly user: string; readonly password: string; readonly present?: string | undefined },
): Promise<void> {
  const isOwn = request.user === caller.user
  if (isOwn) await needWhole(ports, caller, { action: "user.password", target: request.user })
  else await ports.access.needSiteAdmin(caller, "user.password", request.user)
  const user = await findUser(ports.database.read, request.user)
  if (user === undefined) throw userNotFound(request.user)
  if (isOwn) await needPresent(ports, caller, request.present)
  checkNewPassword(request.password, [user.login, user.email, user.name])
  const given = { phc: await hashPassword(request.password), changed_ms: ports.now() }
  await ports.database.write(async (write) => {
    await write.sql
      .insertInto("passwords")
      .values({ user_id: user.id, ...given })
      .onConflict((conflict) => conflict.column("user_id").doUpdateSet(given))
      .execute()
    await endSessions(write, user.id, { except: caller.by.method === "session" && isOwn ? caller.by.id : undefined })
  })
}

/** A browser that was left open is no proof of who sits at it. */
async function needPresent(ports: PeoplePorts, caller: Caller, present: string | undefined): Promise<void> {
  const row = await ports.database.read
    .selectFrom("passwords")
    .select("phc")
    .where("user_id", "=", caller.user)
    .executeTakeFirst()
  if (row === undefined) return
  if (present !== undefined && (await checkPassword(present, row.phc)).isRight) return
  await ports.audit.addNow({
    ...askedBy(caller),
    action: "user.password",
    target: caller.user,
    outcome: "refused",
    reason: "LOGIN_FAILED",
  })
  throw new GeartrainError("LOGIN_FAILED", "Cannot change the password: the present one is another", {
    hint: "Send the present password too; an admin of the site can give a new one without it",
  })
}
