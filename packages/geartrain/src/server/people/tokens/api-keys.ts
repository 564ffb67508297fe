import { GeartrainError } from "@geartrain/spec"
import type { ApiKeyRow } from "../../database/tables/people-tables.ts"
import { userNotFound } from "../accounts/change-user.ts"
import { findUser } from "../accounts/user.ts"
import type { Caller, Scope } from "../caller.ts"
import type { PeoplePorts } from "../people-ports.ts"
import { needWhole } from "../rights/need-whole.ts"
import { makeToken } from "./secret-token.ts"

export interface ApiKey {
  readonly id: string
  readonly label: string
  /** Absent: all that its user may. */
  readonly scopes?: readonly Scope[] | undefined
  readonly createdMs: number
  readonly expiresMs?: number | undefined
  readonly lastUsedMs?: number | undefined
  readonly lastUsedFrom?: string | undefined
  readonly revokedMs?: number | undefined
}

/**
 * Makes a key for the caller: what it is held to, and until when it counts.
 *
 * @returns the key itself too, this once.
 * @throws {GeartrainError} NOT_PERMITTED
 */
export async function makeApiKey(
  ports: PeoplePorts,
  caller: Caller,
  request: {
    readonly label: string
    readonly scopes?: readonly Scope[] | undefined
    readonly expiresMs?: number | undefined
  },
): Promise<ApiKey & { readonly key: string }> {
  const { id, text, secretDigest } = makeToken("key")
  await needWhole(ports, caller, { action: "key.create", target: id })
  const row: ApiKeyRow = {
    id,
    secret_digest: secretDigest,
    user_id: caller.user,
    label: request.label,
    scopes: request.scopes === undefined ? null : JSON.stringify(request.scopes),
    created_ms: ports.now(),
    expires_ms: request.expiresMs ?? null,
    seen_ms: null,
    seen_address: null,
    revoked_ms: null,
  }
  await ports.database.write((write) => write.sql.insertInto("api_keys").values(row).execute())
  return { ...apiKeyOf(row), key: text }
}

/**
 * Keys of a user, the newest first, with those that do not count any more: one's own, or anybody's for an admin of the site.
 *
 * @param page.user  Absent: the caller.
 * @throws {GeartrainError} NOT_PERMITTED, USER_NOT_FOUND
 */
export async function listApiKeys(
  ports: PeoplePorts,
  caller: Caller,
  page: { readonly user?: string; readonly before?: string | undefined; readonly limit: number },
): Promise<readonly ApiKey[]> {
  const { user = caller.user } = page
  if (user === caller.user) await needWhole(ports, caller, { action: "key.list" })
  else await ports.access.needSiteAdmin(caller, "key.list", user)
  if ((await findUser(ports.database.read, user)) === undefined) throw userNotFound(user)
  let select = ports.database.read.selectFrom("api_keys").selectAll().where("user_id", "=", user)
  if (page.before !== undefined) select = select.where("id", "<", page.before)
  return (await select.orderBy("id", "desc").limit(page.limit).execute()).map(apiKeyOf)
}

/**
 * Ends a key at once: one's own, or anybody's by an admin of the site.
 *
 * @throws {GeartrainError} TOKEN_NOT_FOUND, NOT_PERMITTED
 */
export async function revokeApiKey(ports: PeoplePorts, caller: Caller, id: string): Promise<void> {
  const row = await ports.database.read.selectFrom("api_keys").select("user_id").where("id", "=", id).executeTakeFirst()
  const isSeen = row !== undefined && (row.user_id === caller.user || caller.siteAdmin)
  if (!isSeen) throw new GeartrainError("TOKEN_NOT_FOUND", `Cannot revoke key "${id}": you have none like it`)
  if (row.user_id === caller.user) await needWhole(ports, caller, { action: "key.revoke", target: id })
  else await ports.access.needSiteAdmin(caller, "key.revoke", id)
  await ports.database.write((write) =>
    write.sql
      .updateTable("api_keys")
      .set({ revoked_ms: ports.now() })
      .where("id", "=", id)
      .where("revoked_ms", "is", null)
      .execute(),
  )
}

export function scopesOf(row: Pick<ApiKeyRow, "scopes">): readonly Scope[] | undefined {
  return row.scopes === null ? undefined : (JSON.parse(row.scopes) as Scope[])
}

function apiKeyOf(row: ApiKeyRow): ApiKey {
  return {
    id: row.id,
    label: row.label,
    scopes: scopesOf(row),
    createdMs: row.created_ms,
    expiresMs: row.expires_ms ?? undefined,
    lastUsedMs: row.seen_ms ?? undefined,
    lastUsedFrom: row.seen_address ?? undefined,
    revokedMs: row.revoked_ms ?? undefined,
  }
}
