import type { Database } from "../database/database.ts"
import type { Access } from "../people/access.ts"
import type { JobDesk } from "../queue/job-desk.ts"

/** What rules stand on. */
export interface RulesPorts {
  readonly database: Database
  readonly access: Access
  readonly desk: JobDesk
  /** Names in a zip file of these bytes; undefined for what is none. Asked only for rules that look at them. */
  readonly zipMembers: (digest: string) => Promise<readonly string[] | undefined>
  /** Milliseconds since 1970. */
  readonly now: () => number
}
