import { type RawBuilder, type SqlBool, sql } from "kysely"
import type { Queries } from "../../database/database.ts"
import { withinLineage } from "../places/find-place.ts"
import type { StoredFile } from "./server-file.ts"

/** What files are asked for. */
export interface FileFilter {
  /** Glob of the whole name, with `*` and `?`. In any case of the letters a to z. */
  readonly name?: string | undefined
  readonly type?: string | undefined
  readonly tag?: string | undefined
  readonly modality?: string | undefined
}

export interface FileList extends FileFilter {
  /** Files of all places below, too. */
  readonly below?: boolean
  readonly limit: number
  /** Of the last file of the page before. */
  readonly after?: { readonly lineage: string; readonly name: string }
}

export type ListedRow = Omit<StoredFile, "info">

/**
 * Living files of a place, ordered by where they lie and by name, without their info. Asks nobody whether the caller may see them.
 *
 * A page is one stretch of an index, wherever it begins; a filter other than `type` is looked at row by row.
 */
export function filesOf(
  queries: Queries,
  place: { readonly id: string; readonly project: string; readonly lineage: string },
  list: FileList,
): Promise<readonly ListedRow[]> {
  const { after } = list
  let select = queries.selectFrom("files").select(COLUMNS).where("deleted_ms", "is", null)
  if (list.type !== undefined) select = select.where("project", "=", place.project).where("type", "=", list.type)
  if (list.below === true) {
    const [from, before] = withinLineage(place.lineage)
    select = select.where("lineage", "<", before)
    select =
      after === undefined
        ? select.where("lineage", ">=", from)
        : select.where(sql<SqlBool>`(lineage, name) > (${after.lineage}, ${after.name})`)
  } else {
    select = select.where("lineage", "=", place.lineage)
    if (after !== undefined) select = select.where("name", ">", after.name)
  }
  if (list.modality !== undefined) select = select.where("modality", "=", list.modality)
  if (list.tag !== undefined) select = select.where(hasTag(list.tag))
  if (list.name !== undefined) select = select.where(matchesGlob(list.name))
  return select.orderBy("lineage").orderBy("name").limit(list.limit).execute()
}

/** All but `info`. */
export const COLUMNS = [
  "id",
  "place",
  "project",
  "lineage",
  "name",
  "type",
  "mimetype",
  "modality",
  "classification",
  "tags",
  "member_count",
  "version",
  "digest",
  "size_bytes",
  "created_ms",
  "modified_ms",
  "revision",
  "deleted_ms",
  "deleted_by",
  "deleted_with",
] as const

/** Lists are kept as JSON, where a tag stands between quotes; `like` would not tell letters of either case apart on every database. */
export function hasTag(tag: string): RawBuilder<SqlBool> {
  return sql<SqlBool>`replace(tags, ${JSON.stringify(tag)}, '') <> tags`
}

function matchesGlob(glob: string): RawBuilder<SqlBool> {
  const pattern = glob
    .normalize("NFC")
    .replaceAll(/[!%_]/g, "!$&")
    .replaceAll("*", "%")
    .replaceAll("?", "_")
    .replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
  return sql<SqlBool>`lower(name) like ${pattern} escape '!'`
}
