import type { Database } from "../database/database.ts"
import type { Access } from "../people/access.ts"
import type { JobDesk } from "../queue/job-desk.ts"

/** What batches stand on. */
export interface BatchPorts {
  readonly database: Database
  readonly access: Access
  readonly desk: JobDesk
  /** Milliseconds since 1970. */
  readonly now: () => number
}
