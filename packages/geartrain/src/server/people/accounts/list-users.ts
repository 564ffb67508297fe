import type { UserRow } from "../../database/tables/people-tables.ts"
import type { Caller } from "../caller.ts"
import type { PeoplePorts } from "../people-ports.ts"
import { nameKey, type User, userOf } from "./user.ts"

export interface UserQuery {
  /** The beginning of a name to log in with. */
  readonly prefix?: string | undefined
  /** After this name. */
  readonly after?: string | undefined
  readonly limit: number
}

/** Accounts by the names that they log in with. An admin of the site may. @throws {GeartrainError} NOT_PERMITTED */
export async function listUsers(ports: PeoplePorts, caller: Caller, query: UserQuery): Promise<readonly User[]> {
  await ports.access.needSiteAdmin(caller, "user.list")
  let select = ports.database.read.selectFrom("users").selectAll()
  if (query.after !== undefined) select = select.where("login_key", ">", query.after)
  if (query.prefix !== undefined) {
    const key = nameKey(query.prefix)
    // The last character that there is: everything that begins with the prefix lies before it.
    select = select.where("login_key", ">=", key).where("login_key", "<", `${key}\u{10ffff}`)
  }
  const rows: UserRow[] = await select.orderBy("login_key").limit(query.limit).execute()
  return rows.map(userOf)
}
