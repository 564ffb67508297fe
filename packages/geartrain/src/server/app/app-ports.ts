import type { BlobStore } from "@geartrain/ports"
import type { Database } from "../database/database.ts"
import type { Access } from "../people/access.ts"
import type { Caller } from "../people/caller.ts"
import type { AppSettings } from "./app-settings.ts"

/** What a request shows of who sends it: nothing of it has been believed yet. */
export interface Credentials {
  /** The header `Authorization`. */
  readonly authorization: string | undefined
  /** The value of the session's cookie. */
  readonly session: string | undefined
  readonly address: string
}

/** What all routes together need. A room's routes take what they need of it. */
export interface AppPorts {
  readonly database: Database
  readonly blobs: BlobStore
  readonly access: Access
  /**
   * Who asks; undefined when nothing was shown.
   *
   * @throws {GeartrainError} NOT_AUTHENTICATED for what is wrong, expired or revoked.
   */
  readonly authenticate: (credentials: Credentials) => Promise<Caller | undefined>
  readonly settings: AppSettings
}
