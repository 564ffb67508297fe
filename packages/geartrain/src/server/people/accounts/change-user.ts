import { GeartrainError } from "@geartrain/spec"
import type { Write } from "../../database/database.ts"
import type { UserRow } from "../../database/tables/people-tables.ts"
import type { Caller } from "../caller.ts"
import type { PeoplePorts } from "../people-ports.ts"
import { endSessions } from "../sessions/end-sessions.ts"
import { refusingDuplicates } from "./make-user.ts"
import { nameKey, type User, userOf } from "./user.ts"

export interface UserChange {
  readonly id: string
  readonly login?: string | undefined
  readonly name?: string | undefined
  /** Null takes it away. */
  readonly email?: string | null | undefined
  readonly siteAdmin?: boolean | undefined
  readonly disabled?: boolean | undefined
  /** As it was read; absent where the caller does not mind. */
  readonly revision?: number | undefined
}

/**
 * Changes an account. An admin of the site may. Disabling ends its sessions; its keys and the tokens of its jobs are refused until it is enabled.
 *
 * @throws {GeartrainError} NOT_PERMITTED, USER_NOT_FOUND, USER_EXISTS, LAST_ADMIN, ETAG_MISMATCH
 */
export async function changeUser(ports: PeoplePorts, caller: Caller, change: UserChange): Promise<User> {
  await ports.access.needSiteAdmin(caller, "user.change", change.id)
  return refusingDuplicates(change.login ?? change.id, () =>
    ports.database.write(async (write) => {
      // Takes all admins' rows, so that two admins do not take each other's right at once.
      await write.sql.updateTable("users").set({ site_admin: 1 }).where("site_admin", "=", 1).execute()
      const row = await write.sql.selectFrom("users").selectAll().where("id", "=", change.id).executeTakeFirst()
      if (row === undefined) throw userNotFound(change.id)
      if (change.revision !== undefined && change.revision !== row.revision)
        throw changedMeanwhile(row, change.revision)
      const changed = changedRow(row, change, ports.now())
      const { numUpdatedRows } = await write.sql
        .updateTable("users")
        .set(changed)
        .where("id", "=", row.id)
        .where("revision", "=", row.revision)
        .executeTakeFirst()
      if (Number(numUpdatedRows) === 0) throw changedMeanwhile(row, row.revision)
      await keepAnAdmin(write)
      if (changed.disabled_ms !== null) await endSessions(write, row.id)
      await write.event({ kind: "user.changed", subject: row.id, byUser: caller.user })
      return userOf(changed)
    }),
  )
}

export function userNotFound(id: string): GeartrainError {
  return new GeartrainError("USER_NOT_FOUND", `Cannot find user "${id}": there is none`)
}

function changedMeanwhile(row: UserRow, expected: number): GeartrainError {
  const { id, revision } = row
  return new GeartrainError("ETAG_MISMATCH", `Cannot change user "${id}": somebody else has changed it`, {
    details: { id, revision, expected },
    hint: "Read it again, and apply the change to that",
  })
}

function changedRow(row: UserRow, change: UserChange, nowMs: number): UserRow {
  const { login = row.login, name = row.name, email = row.email } = change
  const isDisabled = change.disabled ?? row.disabled_ms !== null
  return {
    ...row,
    login,
    login_key: nameKey(login),
    name,
    email,
    email_key: email === null ? null : nameKey(email),
    site_admin: (change.siteAdmin ?? row.site_admin === 1) ? 1 : 0,
    disabled_ms: isDisabled ? (row.disabled_ms ?? nowMs) : null,
    modified_ms: nowMs,
    revision: row.revision + 1,
  }
}

async function keepAnAdmin(write: Write): Promise<void> {
  const admin = await write.sql
    .selectFrom("users")
    .select("id")
    .where("site_admin", "=", 1)
    .where("disabled_ms", "is", null)
    .limit(1)
    .executeTakeFirst()
  if (admin !== undefined) return
  throw new GeartrainError("LAST_ADMIN", "Cannot do this: it would leave the site without an admin", {
    hint: "Make somebody else an admin first",
  })
}
