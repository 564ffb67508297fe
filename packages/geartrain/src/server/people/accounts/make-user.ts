import { GeartrainError } from "@geartrain/spec"
import { hashPassword } from "../../../system/secrets/password-hash.ts"
import type { Write } from "../../database/database.ts"
import { isDuplicate } from "../../database/database-error.ts"
import { makeId } from "../../database/make-id.ts"
import type { UserRow } from "../../database/tables/people-tables.ts"
import type { Caller } from "../caller.ts"
import type { PeoplePorts } from "../people-ports.ts"
import { checkNewPassword } from "./check-account.ts"
import { nameKey, type User, userOf } from "./user.ts"

export interface NewUser {
  /** What they log in with. */
  readonly login: string
  readonly name: string
  readonly email?: string | undefined
  readonly siteAdmin?: boolean | undefined
  /** Absent: they log in elsewhere, or not at all. */
  readonly password?: string | undefined
}

/**
 * Makes an account. An admin of the site may.
 *
 * @throws {GeartrainError} NOT_PERMITTED, USER_EXISTS, PASSWORD_UNFIT
 */
export async function makeUser(ports: PeoplePorts, caller: Caller, request: NewUser): Promise<User> {
  await ports.access.needSiteAdmin(caller, "user.create", request.login)
  const { password } = request
  if (password !== undefined) checkNewPassword(password, [request.login, request.email, request.name])
  const phc = password === undefined ? undefined : await hashPassword(password)
  return refusingDuplicates(request.login, () =>
    ports.database.write((write) => insertUser(write, { ...request, phc, byUser: caller.user, nowMs: ports.now() })),
  )
}

/** Makes an account within a transaction. Asks nobody. A name that is taken fails the whole of it, as a broken rule of the database. */
export async function insertUser(
  write: Write,
  request: Omit<NewUser, "password"> & {
    readonly phc?: string | undefined
    readonly byUser?: string | undefined
    readonly nowMs: number
  },
): Promise<User> {
  const { login, name, email, nowMs } = request
  const row: UserRow = {
    id: makeId(),
    login,
    login_key: nameKey(login),
    email: email ?? null,
    email_key: email === undefined ? null : nameKey(email),
    name,
    site_admin: request.siteAdmin === true ? 1 : 0,
    disabled_ms: null,
    created_ms: nowMs,
    modified_ms: nowMs,
    revision: 1,
  }
  await write.sql.insertInto("users").values(row).execute()
  if (request.phc !== undefined) {
    await write.sql.insertInto("passwords").values({ user_id: row.id, phc: request.phc, changed_ms: nowMs }).execute()
  }
  await write.event({ kind: "user.created", subject: row.id, byUser: request.byUser, data: { login } })
  return userOf(row)
}

/** Turns a broken rule of there being one such name only into the error that says so. */
export async function refusingDuplicates<Result>(login: string, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run()
  } catch (error) {
    if (!isDuplicate(error)) throw error
    throw new GeartrainError(
      "USER_EXISTS",
      `Cannot take "${login}": a user has this name to log in with, or this address`,
      {
        hint: "Take another one, in other letters than that of their case",
      },
    )
  }
}
