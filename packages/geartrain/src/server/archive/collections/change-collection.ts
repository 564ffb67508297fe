import { nowMs } from "../../../system/clock.ts"
import { makeId } from "../../database/make-id.ts"
import type { Caller } from "../../people/caller.ts"
import type { ArchivePorts } from "../archive-ports.ts"
import { needFile } from "../files/find-file.ts"
import { needRevision } from "../metadata/revision.ts"
import { checkLabel } from "../names/check-name.ts"
import { needPlace } from "../places/find-place.ts"
import { type Collection, collectionOf, needCollection, type StoredCollection } from "./collection.ts"

/**
 * Makes an empty collection.
 *
 * @throws {GeartrainError} PLACE_NOT_FOUND for the project, NOT_PERMITTED, NAME_UNFIT
 */
export async function createCollection(
  ports: ArchivePorts,
  caller: Caller,
  request: { readonly project: string; readonly label: string; readonly description?: string | undefined },
): Promise<Collection> {
  const place = await needPlace(ports, caller, { id: request.project, right: "write", action: "collection.create" })
  const now = nowMs()
  const row: StoredCollection = {
    id: makeId(),
    project: place.project,
    label: checkLabel(request.label),
    description: request.description ?? "",
    created_ms: now,
    created_by: caller.user,
    modified_ms: now,
    revision: 1,
    deleted_ms: null,
  }
  await ports.database.write(async (write) => {
    await write.sql.insertInto("collections").values(row).execute()
    await write.event({ kind: "collection.created", subject: row.id, project: row.project, byUser: caller.user })
  })
  return collectionOf(row)
}

/** What changes in a collection; what is absent stays. */
export interface CollectionChange {
  readonly id: string
  readonly label?: string | undefined
  readonly description?: string | undefined
  /** Ids of places and files that come to it, each of which the caller may read; those that are in it already stay. */
  readonly addPlaces?: readonly string[] | undefined
  readonly addFiles?: readonly string[] | undefined
  /** Ids of either that go from it. */
  readonly remove?: readonly string[] | undefined
  /** Puts it away: it lists nothing any more, and nothing that it listed is touched. */
  readonly isDeleted?: boolean | undefined
  readonly revision?: number | undefined
}

/** @throws {GeartrainError} COLLECTION_NOT_FOUND, PLACE_NOT_FOUND, ARCHIVE_FILE_NOT_FOUND, NOT_PERMITTED, NAME_UNFIT, ETAG_MISMATCH */
export async function changeCollection(
  ports: ArchivePorts,
  caller: Caller,
  change: CollectionChange,
): Promise<Collection> {
  const before = await needCollection(ports, caller, { id: change.id, right: "write", action: "collection.change" })
  needRevision(before, change.revision)
  const action = "collection.change"
  for (const id of change.addPlaces ?? []) await needPlace(ports, caller, { id, right: "read", action })
  for (const id of change.addFiles ?? []) await needFile(ports, caller, { id, right: "read", action })
  const after: StoredCollection = {
    ...before,
    label: change.label === undefined ? before.label : checkLabel(change.label),
    description: change.description ?? before.description,
    modified_ms: nowMs(),
    revision: before.revision + 1,
    deleted_ms: change.isDeleted === true ? nowMs() : null,
  }
  await ports.database.write(async (write) => {
    const { label, description, modified_ms, revision, deleted_ms } = after
    const { numUpdatedRows } = await write.sql
      .updateTable("collections")
      .set({ label, description, modified_ms, revision, deleted_ms })
      .where("id", "=", before.id)
      .where("revision", "=", before.revision)
      .executeTakeFirst()
    if (Number(numUpdatedRows) === 0) needRevision({ id: before.id, revision }, before.revision)
    const items = [
      ...(change.addPlaces ?? []).map((item) => ({ item, kind: "place" as const })),
      ...(change.addFiles ?? []).map((item) => ({ item, kind: "file" as const })),
    ]
    for (const item of items) {
      await write.sql
        .insertInto("collection_items")
        .values({ collection: before.id, ...item, added_ms: modified_ms, added_by: caller.user })
        .onConflict((conflict) => conflict.columns(["collection", "item"]).doNothing())
        .execute()
    }
    for (const item of change.remove ?? []) {
      await write.sql
        .deleteFrom("collection_items")
        .where("collection", "=", before.id)
        .where("item", "=", item)
        .execute()
    }
    const kind = change.isDeleted === true ? "collection.deleted" : "collection.changed"
    await write.event({ kind, subject: before.id, project: before.project, byUser: caller.user })
  })
  return collectionOf(after)
}
