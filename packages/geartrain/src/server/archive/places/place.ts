import type { JsonObject } from "@geartrain/spec"
import type { Selectable } from "kysely"
import type { PlaceRow, PlaceType } from "../../database/tables/archive-tables.ts"

/** A row of `places`, as it is read. */
export type StoredPlace = Selectable<PlaceRow>

/** A project, subject, session, acquisition or analysis. */
export interface ServerPlace {
  readonly id: string
  readonly type: PlaceType
  /** Id of the place that it is in; of its group for a project. */
  readonly parent: string
  readonly group: string
  readonly project: string
  readonly label: string
  readonly tags: readonly string[]
  /** What is known beyond label, tags and info: `timestamp`, `sex`, `operator` … by its type. */
  readonly metadata: JsonObject
  /** Left out of lists. */
  readonly info?: JsonObject
  readonly createdMs: number
  readonly createdBy: string
  readonly modifiedMs: number
  readonly revision: number
  /** Absent for what is not in the trash. */
  readonly deletedMs?: number
}

/** What may lie in what. */
export const PARENT_TYPES: Readonly<Record<PlaceType, readonly (PlaceType | "group")[]>> = {
  project: ["group"],
  subject: ["project"],
  session: ["subject"],
  acquisition: ["session"],
  analysis: ["project", "subject", "session", "acquisition"],
}

export function placeOf(row: StoredPlace): ServerPlace & { readonly info: JsonObject } {
  return { ...listedPlace(row), info: JSON.parse(row.info) as JsonObject }
}

/** As lists have it: without info, which may be large. */
export function listedPlace(row: Omit<StoredPlace, "info">): ServerPlace {
  return {
    id: row.id,
    type: row.type,
    parent: row.parent,
    group: row.group_id,
    project: row.project,
    label: row.label,
    tags: JSON.parse(row.tags) as string[],
    metadata: JSON.parse(row.metadata) as JsonObject,
    createdMs: row.created_ms,
    createdBy: row.created_by,
    modifiedMs: row.modified_ms,
    revision: row.revision,
    ...(row.deleted_ms === null ? {} : { deletedMs: row.deleted_ms }),
  }
}
