import type { Queries, Write } from "../../database/database.ts"
import type { ArchivePorts } from "../archive-ports.ts"
import { lockPlace } from "../places/lock-place.ts"
import { needRevision } from "./revision.ts"

/** What is to be changed, and how. */
export interface HeldChange<Row> {
  /** The place that is held meanwhile, so that nobody else changes it, or what is in it. */
  readonly place: string
  readonly find: (queries: Queries) => Promise<Row | undefined>
  readonly notFound: () => Error
  /** The one that was read; undefined changes it whatever it says now. */
  readonly revision: number | undefined
  readonly patch: (write: Write, before: Row) => Promise<Row>
}

/** Changes something as it is now, in one transaction. @throws {GeartrainError} ETAG_MISMATCH; `notFound`. */
export function changeHeld<Row extends Parameters<typeof needRevision>[0]>(
  { database }: Pick<ArchivePorts, "database">,
  { place, find, notFound, revision, patch }: HeldChange<Row>,
): Promise<Row> {
  return database.write(async (write) => {
    await lockPlace(write, place)
    const before = await find(write.sql)
    if (before === undefined) throw notFound()
    needRevision(before, revision)
    return patch(write, before)
  })
}
