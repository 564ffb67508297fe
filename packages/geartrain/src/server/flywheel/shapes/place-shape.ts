import type { JsonObject } from "@geartrain/spec"
import type { FileWithOrigin } from "../../archive/files/files-of-places.ts"
import type { ListedPlace } from "../../archive/places/list-places.ts"
import { type FileShape, fileShape, type Parents, parentsOf, placesIn } from "./file-shape.ts"
import { timeOf } from "./words.ts"

/** A project, subject, session, acquisition or analysis as Flywheel's documents have it. */
export interface PlaceShape {
  readonly _id: string
  readonly label: string
  readonly container_type: ListedPlace["type"]
  /** Absent in lists. */
  readonly info?: JsonObject
  readonly info_exists?: boolean
  readonly tags: readonly string[]
  readonly created: string
  readonly modified: string
  readonly revision: number
  readonly parents: Parents
  readonly files?: readonly FileShape[]
  /** Its own words, such as `timestamp` and `sex`, and what it lies in: `group`, `project`, `subject` or `session`. */
  readonly [member: string]: unknown
}

/** So many files are shown with the place that they lie in. */
export const MOST_FILES = 2000

export function placeShape(row: ListedPlace, files?: readonly FileWithOrigin[]): PlaceShape {
  const info = row.info === undefined ? undefined : (JSON.parse(row.info) as JsonObject)
  const parents = parentsOf(row.group_id, placesIn(row.lineage, 1))
  return {
    ...(JSON.parse(row.metadata) as JsonObject),
    ...aboveOf(row, parents),
    _id: row.id,
    label: row.label,
    container_type: row.type,
    ...(info === undefined ? {} : { info, info_exists: Object.keys(info).length > 0 }),
    tags: JSON.parse(row.tags) as string[],
    created: timeOf(row.created_ms),
    modified: timeOf(row.modified_ms),
    revision: row.revision,
    parents,
    ...(files === undefined
      ? {}
      : {
          files: files.slice(0, MOST_FILES).map((file) => fileShape(file, row)),
          // Nobody is to take a part for the whole.
          ...(files.length > MOST_FILES ? { files_left_off: true } : {}),
        }),
  }
}

/** What it lies in, under the names that each level has for it. */
function aboveOf(row: ListedPlace, parents: Parents): JsonObject {
  switch (row.type) {
    case "project":
      return { group: row.group_id }
    case "subject":
      return { project: row.parent, code: row.label }
    case "session":
      return { group: row.group_id, project: parents.project, subject: { _id: row.parent } }
    case "acquisition":
      return { session: row.parent }
    case "analysis":
      return { parent: { type: analysedType(parents), id: row.parent } }
  }
}

function analysedType({ subject, session, acquisition }: Parents): string {
  if (acquisition !== null) return "acquisition"
  if (session !== null) return "session"
  return subject === null ? "project" : "subject"
}
