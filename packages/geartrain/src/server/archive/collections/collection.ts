import { GeartrainError, isGeartrainError } from "@geartrain/spec"
import type { Selectable } from "kysely"
import type { CollectionRow } from "../../database/tables/archive-tables.ts"
import type { Caller, Right } from "../../people/caller.ts"
import type { ArchivePorts } from "../archive-ports.ts"

/** A list of places and files, of whatever subjects and projects, that belong together for somebody. Nothing is copied. */
export interface Collection {
  readonly id: string
  /** Whose members see it. What it lists may lie in other projects; each sees of it what they may see there. */
  readonly project: string
  readonly label: string
  readonly description: string
  readonly createdMs: number
  readonly createdBy: string
  readonly modifiedMs: number
  readonly revision: number
}

export type StoredCollection = Selectable<CollectionRow>

export function collectionOf(row: StoredCollection): Collection {
  return {
    id: row.id,
    project: row.project,
    label: row.label,
    description: row.description,
    createdMs: row.created_ms,
    createdBy: row.created_by,
    modifiedMs: row.modified_ms,
    revision: row.revision,
  }
}

/** @throws {GeartrainError} COLLECTION_NOT_FOUND, in the same words whether it is not there or not to be known; NOT_PERMITTED. */
export async function needCollection(
  ports: ArchivePorts,
  caller: Caller,
  { id, right, action }: { readonly id: string; readonly right: Right; readonly action: string },
): Promise<StoredCollection> {
  const row = await ports.database.read
    .selectFrom("collections")
    .selectAll()
    .where("id", "=", id)
    .where("deleted_ms", "is", null)
    .executeTakeFirst()
  if (row === undefined) throw collectionNotFound(id)
  try {
    await ports.access.need(caller, { project: row.project, right, action, target: id })
  } catch (error) {
    throw isGeartrainError(error, "PROJECT_NOT_FOUND") ? collectionNotFound(id) : error
  }
  return row
}

function collectionNotFound(id: string): GeartrainError {
  return new GeartrainError("COLLECTION_NOT_FOUND", `Cannot find collection "${id}": there is none that you can see`)
}
