import type { TestContext } from "node:test"
import { insertUser, type NewUser } from "../../../src/server/people/accounts/make-user.ts"
import type { User } from "../../../src/server/people/accounts/user.ts"
import { openAudit } from "../../../src/server/people/audit/open-audit.ts"
import type { Caller } from "../../../src/server/people/caller.ts"
import type { LogInElsewhere } from "../../../src/server/people/oidc/log-in-elsewhere.ts"
import { type PeoplePorts, USUAL_PEOPLE_SETTINGS } from "../../../src/server/people/people-ports.ts"
import { makeAccess } from "../../../src/server/people/rights/make-access.ts"
import { hashPassword } from "../../../src/system/secrets/password-hash.ts"
import { memoryDatabase } from "../memory-database.ts"
import { person } from "../open-access.ts"

/** Accounts, sessions, keys and rights on a database in memory, on a clock that a test turns. */
export interface PeopleBench {
  readonly ports: PeoplePorts
  readonly clock: { nowMs: number }
  /** An admin of the site, who has an account. */
  readonly admin: Caller
  user(login: string, more?: Partial<NewUser>): Promise<User>
  /** What the audit says, the oldest first. */
  audited(): Promise<readonly (readonly [action: string, outcome: string, reason: string | null])[]>
}

/** Passwords of a bench cost next to nothing. */
const LITTLE_WORK = { memoryKib: 8, passes: 1, lanes: 1 }

export async function peopleBench(
  context: Pick<TestContext, "after">,
  options: { readonly oidc?: LogInElsewhere } = {},
): Promise<PeopleBench> {
  const database = await memoryDatabase(context)
  const clock = { nowMs: Date.UTC(2026, 0, 1) }
  const now = (): number => clock.nowMs
  const audit = openAudit(database, now)
  const access = makeAccess({ database, audit, onUnnoted: () => undefined })
  const ports: PeoplePorts = { database, access, audit, peopleSettings: USUAL_PEOPLE_SETTINGS, now, ...options }
  const user: PeopleBench["user"] = async (login, { password, ...more } = {}) => {
    const phc = password === undefined ? undefined : await hashPassword(password, LITTLE_WORK)
    return database.write((write) => insertUser(write, { login, name: login, nowMs: now(), phc, ...more }))
  }
  const { id } = await user("admin", { siteAdmin: true })
  return {
    ...{ ports, clock, user },
    admin: person(id, { siteAdmin: true }),
    audited: async () => {
      await audit.flush()
      const rows = await database.read.selectFrom("audit").selectAll().orderBy("seq").execute()
      return rows.map(({ action, outcome, reason }) => [action, outcome, reason] as const)
    },
  }
}
