import type { Queries } from "../../database/database.ts"
import type { UserRow } from "../../database/tables/people-tables.ts"

export interface User {
  readonly id: string
  readonly login: string
  readonly email?: string | undefined
  readonly name: string
  readonly siteAdmin: boolean
  readonly disabled: boolean
  readonly createdMs: number
  readonly modifiedMs: number
  /** Its ETag. */
  readonly revision: number
}

export function userOf(row: UserRow): User {
  return {
    id: row.id,
    login: row.login,
    email: row.email ?? undefined,
    name: row.name,
    siteAdmin: row.site_admin === 1,
    disabled: row.disabled_ms !== null,
    createdMs: row.created_ms,
    modifiedMs: row.modified_ms,
    revision: row.revision,
  }
}

/**
 * What two names have in common that people take for the same: case, and ways of writing a letter.
 *
 * @example
 *   nameKey("Ada") // => "ada"
 */
export function nameKey(name: string): string {
  return name.normalize("NFKC").toLowerCase()
}

/** By id. */
export async function findUser(queries: Queries, id: string): Promise<User | undefined> {
  const row = await queries.selectFrom("users").selectAll().where("id", "=", id).executeTakeFirst()
  return row && userOf(row)
}

/** By the name to log in with, or the address, in any case. */
export async function findUserByName(queries: Queries, name: string): Promise<User | undefined> {
  const key = nameKey(name)
  const row = await queries
    .selectFrom("users")
    .selectAll()
    .where((or) => or.or([or("login_key", "=", key), or("email_key", "=", key)]))
    // Whose login it is goes before whose address it is.
    .orderBy(({ eb }) => eb.case().when("login_key", "=", key).then(0).else(1).end())
    .limit(1)
    .executeTakeFirst()
  return row && userOf(row)
}
