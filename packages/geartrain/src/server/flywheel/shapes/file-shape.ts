import type { JsonObject } from "@geartrain/spec"
import type { FileWithOrigin } from "../../archive/files/files-of-places.ts"
import type { PlaceType } from "../../database/tables/archive-tables.ts"
import { type OriginShape, timeOf } from "./words.ts"

/** A file as Flywheel's documents have it. */
export interface FileShape {
  readonly _id: string
  readonly file_id: string
  readonly name: string
  readonly type: string | null
  readonly mimetype: string
  readonly modality: string | null
  readonly classification: JsonObject
  readonly tags: readonly string[]
  /** Absent in lists. */
  readonly info?: JsonObject
  /** Absent in lists, which do not look. */
  readonly info_exists?: boolean
  readonly origin: OriginShape
  /** Ours: `sha256:` and 64 digits. */
  readonly hash: string
  readonly size: number
  readonly version: number
  readonly zip_member_count: number | null
  readonly created: string
  readonly modified: string
  readonly parent_ref: { readonly type: PlaceType; readonly id: string }
  readonly parents: Parents
}

/** What something lies in, from the group on. */
export interface Parents {
  readonly group: string
  readonly project: string | null
  readonly subject: string | null
  readonly session: string | null
  readonly acquisition: string | null
}

/** @param place  That it lies in. */
export function fileShape(
  row: FileWithOrigin,
  place: { readonly type: PlaceType; readonly group_id: string },
): FileShape {
  const info = row.info === undefined ? undefined : (JSON.parse(row.info) as JsonObject)
  return {
    _id: row.id,
    file_id: row.id,
    name: row.name,
    type: row.type,
    mimetype: row.mimetype,
    modality: row.modality,
    classification: JSON.parse(row.classification) as JsonObject,
    tags: JSON.parse(row.tags) as string[],
    ...(info === undefined ? {} : { info, info_exists: Object.keys(info).length > 0 }),
    origin: row.job === null ? { type: "user", id: row.created_by } : { type: "job", id: row.job },
    hash: row.digest,
    size: row.size_bytes,
    version: row.version,
    zip_member_count: row.member_count,
    created: timeOf(row.created_ms),
    modified: timeOf(row.modified_ms),
    parent_ref: { type: place.type, id: row.place },
    parents: parentsOf(place.group_id, placesIn(row.lineage, place.type === "analysis" ? 1 : 0)),
  }
}

/**
 * The ids of a lineage, without the last so many.
 *
 * @example
 *   placesIn("1/2/3/", 1) // => ["1", "2"]
 */
export function placesIn(lineage: string, without: number): readonly string[] {
  const ids = lineage.split("/").filter((id) => id !== "")
  return ids.slice(0, ids.length - without)
}

/**
 * Places by their types: the project first, then one of each level.
 *
 * @example
 *   parentsOf("lab", ["1", "2"]) // => { group: "lab", project: "1", subject: "2", session: null, acquisition: null }
 */
export function parentsOf(group: string, ids: readonly string[]): Parents {
  const [project = null, subject = null, session = null, acquisition = null] = ids
  return { group, project, subject, session, acquisition }
}
