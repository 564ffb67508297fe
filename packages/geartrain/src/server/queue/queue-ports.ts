import type { BlobStore } from "@geartrain/ports"
import type { Database } from "../database/database.ts"
import type { Access } from "../people/access.ts"
import type { GearReader } from "./gears/gear-reader.ts"
import type { JobArchive } from "./job-archive.ts"
import type { JobTokens } from "./job-tokens.ts"

/** What the queue stands on. */
export interface QueuePorts {
  readonly database: Database
  readonly access: Access
  readonly blobs: BlobStore
  readonly jobArchive: JobArchive
  readonly jobTokens: JobTokens
  readonly gearReader: GearReader
  readonly queueSettings: QueueSettings
  /** Milliseconds since 1970. */
  readonly now: () => number
}

export interface QueueSettings {
  /** A runner that is not heard of for so long has lost its jobs. */
  readonly leaseMs: number
  /** Bytes of log that are kept of an attempt: its beginning and its end, half each. */
  readonly mostLogBytes: number
  /** So often a job is tried when the platform fails it. */
  readonly mostAttempts: number
  /** Jobs of one user that may wait; more are refused. */
  readonly mostPending: number
}

export const USUAL_QUEUE_SETTINGS: QueueSettings = {
  leaseMs: 60_000,
  mostLogBytes: 64 * 1024 * 1024,
  mostAttempts: 3,
  mostPending: 1_000_000,
}
