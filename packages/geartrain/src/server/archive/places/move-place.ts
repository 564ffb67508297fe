import { sql } from "kysely"
import { nowMs } from "../../../system/clock.ts"
import type { Write } from "../../database/database.ts"
import type { Caller } from "../../people/caller.ts"
import type { ArchivePorts } from "../archive-ports.ts"
import { needRevision } from "../metadata/revision.ts"
import { placeNotFound } from "../names/not-found.ts"
import { refusingDuplicates } from "./create-place.ts"
import { findPlace, needPlace, withinLineage } from "./find-place.ts"
import { lockPlace } from "./lock-place.ts"
import { PARENT_TYPES, placeOf, type ServerPlace, type StoredPlace } from "./place.ts"
import { placeUnfit } from "./place-unfit.ts"
import { addUsage } from "./usage.ts"

/**
 * Puts a place, with all that is in it, into another one of the kind that it lies in: a session that was filed under the wrong subject, a
 * subject of the wrong project. Needs the right to write on both sides. Projects stay in their group.
 *
 * @throws {GeartrainError} PLACE_NOT_FOUND, NOT_PERMITTED, PLACE_UNFIT, LABEL_TAKEN, ETAG_MISMATCH, QUOTA_EXCEEDED
 */
export async function movePlace(
  ports: ArchivePorts,
  caller: Caller,
  request: { readonly id: string; readonly parent: string; readonly revision?: number | undefined },
): Promise<ServerPlace> {
  const asked = await needPlace(ports, caller, { id: request.id, right: "write", action: "place.move" })
  await needPlace(ports, caller, { id: request.parent, right: "write", action: "place.move" })
  const row = await refusingDuplicates(asked.label, () =>
    ports.database.write(async (write) => {
      // In one order, so that two that move things to and fro do not wait for each other.
      for (const id of [request.id, request.parent].sort()) await lockPlace(write, id)
      const place = await findPlace(write.sql, request.id)
      const parent = await findPlace(write.sql, request.parent)
      if (place === undefined) throw placeNotFound(request.id)
      if (parent === undefined) throw placeNotFound(request.parent)
      needRevision(place, request.revision)
      if (!PARENT_TYPES[place.type].includes(parent.type)) throw placeUnfit(place.type, parent)
      return place.parent === parent.id ? place : move(write, { place, parent, byUser: caller.user })
    }),
  )
  return placeOf(row)
}

async function move(
  write: Write,
  request: { readonly place: StoredPlace; readonly parent: StoredPlace; readonly byUser: string },
): Promise<StoredPlace> {
  const { place, parent, byUser } = request
  const lineage = `${parent.lineage}${place.id}/`
  const moved = {
    ...place,
    parent: parent.id,
    project: parent.project,
    group_id: parent.group_id,
    lineage,
    modified_ms: nowMs(),
    revision: place.revision + 1,
  }
  if (parent.project !== place.project) await moveUsage(write, place, parent.project)
  const [from, before] = withinLineage(place.lineage)
  const rest = sql<string>`${lineage} || substr(lineage, ${sql.lit(place.lineage.length + 1)})`
  await write.sql
    .updateTable("files")
    .set({ lineage: rest, project: parent.project })
    .where("lineage", ">=", from)
    .where("lineage", "<", before)
    .execute()
  await write.sql
    .updateTable("places")
    .set({ lineage: rest, project: parent.project, group_id: parent.group_id })
    .where("lineage", ">=", from)
    .where("lineage", "<", before)
    .execute()
  await write.sql
    .updateTable("places")
    .set({ parent: parent.id, modified_ms: moved.modified_ms, revision: moved.revision })
    .where("id", "=", place.id)
    .execute()
  const data = { place: place.id, type: place.type, changed: ["parent"], from: place.parent, parent: parent.id }
  for (const project of new Set([place.project, parent.project])) {
    await write.event({ kind: "place.changed", subject: place.id, project, byUser, data })
  }
  return moved
}

async function moveUsage(write: Write, place: StoredPlace, project: string): Promise<void> {
  const [from, before] = withinLineage(place.lineage)
  const sum = await write.sql
    .selectFrom("file_versions")
    .innerJoin("files", "files.id", "file_versions.file")
    .select(({ fn }) => [fn.sum<number>("file_versions.size_bytes").as("bytes"), fn.countAll<number>().as("versions")])
    .where("files.lineage", ">=", from)
    .where("files.lineage", "<", before)
    .executeTakeFirst()
  const bytes = Number(sum?.bytes ?? 0)
  const versions = Number(sum?.versions ?? 0)
  await addUsage(write.sql, place.project, { bytes: -bytes, versions: -versions })
  await addUsage(write.sql, project, { bytes, versions })
}
