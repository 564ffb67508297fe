import { nowMs } from "../../../system/clock.ts"
import type { Write } from "../../database/database.ts"
import type { Caller } from "../../people/caller.ts"
import type { ArchivePorts } from "../archive-ports.ts"
import { needRevision } from "../metadata/revision.ts"
import { placeNotFound } from "../names/not-found.ts"
import { refusingDuplicates } from "../places/create-place.ts"
import { findPlace, needPlace, needProject, withinLineage } from "../places/find-place.ts"
import { lockPlace } from "../places/lock-place.ts"
import { placeOf, type ServerPlace, type StoredPlace } from "../places/place.ts"

/**
 * Puts a place, with all that is in it, into the trash, from where `restorePlace` takes it back. An admin of the project may; an analysis goes
 * by the right to write.
 *
 * @throws {GeartrainError} PLACE_NOT_FOUND, NOT_PERMITTED, ETAG_MISMATCH
 */
export async function trashPlace(
  ports: ArchivePorts,
  caller: Caller,
  request: { readonly id: string; readonly revision?: number | undefined },
): Promise<void> {
  const { id } = request
  const seen = await needPlace(ports, caller, { id, right: "write", action: "place.trash" })
  if (seen.type !== "analysis") await needPlace(ports, caller, { id, right: "admin", action: "place.trash" })
  await ports.database.write(async (write) => {
    await lockPlace(write, id)
    const place = await findPlace(write.sql, id)
    if (place === undefined) throw placeNotFound(id)
    needRevision(place, request.revision)
    const gone = { deleted_ms: nowMs(), deleted_by: caller.user, deleted_with: id }
    const [from, before] = withinLineage(place.lineage)
    for (const table of ["files", "places"] as const) {
      await write.sql
        .updateTable(table)
        .set(gone)
        .where("lineage", ">=", from)
        .where("lineage", "<", before)
        .where("deleted_ms", "is", null)
        .execute()
    }
    await eventOf(write, place, { kind: "place.trashed", byUser: caller.user })
  })
}

/**
 * Takes a place out of the trash, with all that went there with it. What was put there before by itself stays there.
 *
 * @throws {GeartrainError} PLACE_NOT_FOUND when it is not in the trash, or its parent is; NOT_PERMITTED, LABEL_TAKEN
 */
export async function restorePlace(ports: ArchivePorts, caller: Caller, id: string): Promise<ServerPlace> {
  const trashed = await ports.database.read
    .selectFrom("places")
    .selectAll()
    .where("id", "=", id)
    .where("deleted_with", "=", id)
    .executeTakeFirst()
  if (trashed === undefined) throw placeNotFound(id)
  await needTrashed(ports, caller, trashed)
  const row = await refusingDuplicates(trashed.label, () =>
    ports.database.write(async (write) => {
      if (trashed.type !== "project") await lockPlace(write, trashed.parent)
      for (const table of ["places", "files"] as const) {
        await write.sql
          .updateTable(table)
          .set({ deleted_ms: null, deleted_by: null, deleted_with: null })
          .where("deleted_with", "=", id)
          .where("deleted_ms", "is not", null)
          .execute()
      }
      const place = await findPlace(write.sql, id)
      if (place === undefined) throw placeNotFound(id)
      await eventOf(write, place, { kind: "place.restored", byUser: caller.user })
      return place
    }),
  )
  return placeOf(row)
}

/** Whoever may put it there may take it back; a project that is in the trash itself is an admin's of the site. */
async function needTrashed(ports: ArchivePorts, caller: Caller, place: StoredPlace): Promise<void> {
  if (place.type === "project") return ports.access.needSiteAdmin(caller, "place.restore")
  const right = place.type === "analysis" ? ("write" as const) : ("admin" as const)
  await needProject(ports, caller, { project: place.project, right, action: "place.restore", target: place.id })
}

async function eventOf(
  write: Write,
  { id, project, type, label }: StoredPlace,
  { kind, byUser }: { readonly kind: string; readonly byUser: string },
): Promise<void> {
  await write.event({ kind, subject: id, project, byUser, data: { place: id, type, label } })
}
