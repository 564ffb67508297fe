import { randomHex } from "../../../system/random.ts"
import { hashPassword } from "../../../system/secrets/password-hash.ts"
import type { Database } from "../../database/database.ts"
import { isDuplicate } from "../../database/database-error.ts"
import { checkNewPassword } from "./check-account.ts"
import { insertUser } from "./make-user.ts"

const LOGIN = "admin"

export interface FirstAdmin {
  readonly login: string
  /** Absent when it was given. */
  readonly password?: string
}

/**
 * Makes an admin on a server that has no user yet. The password is given, or made up and answered this once.
 *
 * @returns undefined when there are users already.
 * @throws {GeartrainError} PASSWORD_UNFIT
 */
export async function makeFirstAdmin(
  ports: { readonly database: Database; readonly now: () => number },
  options: { readonly password?: string | undefined } = {},
): Promise<FirstAdmin | undefined> {
  const isEmpty = async (queries: Database["read"]): Promise<boolean> =>
    (await queries.selectFrom("users").select("id").limit(1).executeTakeFirst()) === undefined
  if (!(await isEmpty(ports.database.read))) return undefined
  if (options.password !== undefined) checkNewPassword(options.password, [LOGIN])
  const password = options.password ?? randomHex(12)
  const phc = await hashPassword(password)
  const made = await ports.database
    .write(async (write) => {
      if (!(await isEmpty(write.sql))) return false
      await insertUser(write, { login: LOGIN, name: "Admin", siteAdmin: true, phc, nowMs: ports.now() })
      return true
    })
    .catch((error: unknown) => {
      // Another server has started at the same moment, and was first.
      if (isDuplicate(error)) return false
      throw error
    })
  if (!made) return undefined
  return { login: LOGIN, ...(options.password === undefined ? { password } : {}) }
}
