import type { Write } from "../../database/database.ts"
import { placeNotFound } from "../names/not-found.ts"

/**
 * Holds a living place until the transaction ends: of two who change what is in it, on any database, the second waits here for the first.
 *
 * @throws {GeartrainError} PLACE_NOT_FOUND when it is gone, or in the trash.
 */
export async function lockPlace(write: Write, id: string): Promise<void> {
  const { numUpdatedRows } = await write.sql
    .updateTable("places")
    .set(({ ref }) => ({ revision: ref("revision") }))
    .where("id", "=", id)
    .where("deleted_ms", "is", null)
    .executeTakeFirst()
  if (Number(numUpdatedRows) === 0) throw placeNotFound(id)
}
