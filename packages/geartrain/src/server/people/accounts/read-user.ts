import type { Caller } from "../caller.ts"
import type { PeoplePorts } from "../people-ports.ts"
import { userNotFound } from "./change-user.ts"
import { findUser, type User } from "./user.ts"

/**
 * An account: one's own, or any for an admin of the site.
 *
 * @throws {GeartrainError} NOT_PERMITTED, whether or not there is such a user; USER_NOT_FOUND.
 */
export async function readUser(ports: PeoplePorts, caller: Caller, id: string): Promise<User> {
  const isOwn = caller.user === id && caller.kind !== "runner"
  if (!isOwn) await ports.access.needSiteAdmin(caller, "user.read", id)
  const user = await findUser(ports.database.read, id)
  if (user === undefined) throw userNotFound(id)
  return user
}
