import type { Database } from "../database/database.ts"
import type { Access } from "./access.ts"
import type { Audit } from "./audit/audit.ts"
import type { LogInElsewhere } from "./oidc/log-in-elsewhere.ts"

/** What accounts, sessions, keys and rights stand on. */
export interface PeoplePorts {
  readonly database: Database
  readonly access: Access
  readonly audit: Audit
  /** Absent: people log in with passwords only. */
  readonly oidc?: LogInElsewhere
  readonly peopleSettings: PeopleSettings
  /** Milliseconds since 1970. */
  readonly now: () => number
}

export interface PeopleSettings {
  /** A session that is not used for so long ends. */
  readonly sessionIdleMs: number
  /** A session ends after this, however much it is used. */
  readonly sessionMs: number
}

const HOUR_MS = 3_600_000

export const USUAL_PEOPLE_SETTINGS: PeopleSettings = {
  sessionIdleMs: 12 * HOUR_MS,
  sessionMs: 14 * 24 * HOUR_MS,
}
