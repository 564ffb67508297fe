import type { CollectionGuard, JobHistory, JobStore, RecordStore } from "@geartrain/ports"
import { isGeartrainError } from "@geartrain/spec"
import { checkRecords } from "./check-records.ts"
import { collectionGuard } from "./collection-guard.ts"
import { type DatabaseOptions, openDatabase } from "./database.ts"
import { gearRecords } from "./gear-records.ts"
import { jobHistory } from "./job-history.ts"
import { jobRecords } from "./job-records.ts"

/** Everything that is kept in the database of records. */
export interface Records {
  readonly gears: RecordStore
  readonly jobs: JobStore
  readonly history: JobHistory
  readonly guard: CollectionGuard
  /** Reads the whole database, and answers what is damaged: one sentence each, none when it is whole. */
  check(): Promise<readonly string[]>
  /** Waits for writes that were begun. May be called twice; what is used afterwards opens the database again. */
  close(): Promise<void>
}

/**
 * Opens the records. Nothing is read or made before the first use; reading makes nothing at all, and reads records that are not there as none.
 *
 * Several processes may have the same records open; a write waits up to a minute for theirs.
 *
 * @param path  Absolute path of the database.
 */
export function openRecords(path: string, options: DatabaseOptions): Records {
  const database = openDatabase(path, options)
  return {
    gears: gearRecords(database),
    jobs: jobRecords(database),
    history: jobHistory(database),
    guard: collectionGuard(database),
    check: async () => {
      try {
        return (await database.read(checkRecords)) ?? []
      } catch (error) {
        // So damaged that it cannot even be opened: that is an answer too.
        if (!isGeartrainError(error, "STORE_DAMAGED")) throw error
        return [error.message]
      }
    },
    close: () => database.close(),
  }
}
