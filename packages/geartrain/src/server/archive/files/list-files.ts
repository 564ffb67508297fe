import { type RawBuilder, type SelectQueryBuilder, type SqlBool, sql } from "kysely"
import type { Queries } from "../../database/database.ts"
import type { DatabaseTables } from "../../database/tables/database-tables.ts"
import { withinLineage } from "../places/find-place.ts"
import type { StoredPlace } from "../places/place.ts"
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
export function filesOf(queries: Queries, place: Within, list: FileList): Promise<readonly ListedRow[]> {
  const { after } = list
  let select = filtered(queries, place, list).select(COLUMNS)
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
  return select.orderBy("lineage").orderBy("name").limit(list.limit).execute()
}

/** A place as far as lists of files need it. */
export type Within = Pick<StoredPlace, "project" | "lineage">

/** How many files there are in a place and below it, and how many bytes they have. */
export async function sumOfFiles(
  queries: Queries,
  place: Within,
  filter: FileFilter,
): Promise<{ readonly files: number; readonly bytes: number }> {
  const [from, before] = withinLineage(place.lineage)
  const row = await filtered(queries, place, filter)
    .select(({ fn }) => [fn.countAll<number>().as("files"), fn.sum<number>("size_bytes").as("bytes")])
    .where("lineage", ">=", from)
    .where("lineage", "<", before)
    .executeTakeFirst()
  return { files: Number(row?.files ?? 0), bytes: Number(row?.bytes ?? 0) }
}

function filtered(
  queries: Queries,
  place: Within,
  filter: FileFilter,
): SelectQueryBuilder<DatabaseTables, "files", object> {
  let select = queries.selectFrom("files").where("deleted_ms", "is", null)
  if (filter.type !== undefined) select = select.where("project", "=", place.project).where("type", "=", filter.type)
  if (filter.modality !== undefined) select = select.where("modality", "=", filter.modality)
  if (filter.tag !== undefined) select = select.where(hasTag(filter.tag))
  if (filter.name !== undefined) select = select.where(matchesGlob(filter.name))
  return select
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

/**
 * Lists are kept as JSON, where a tag stands between commas: its quotes alone may stand in another tag, behind a backslash. `like` would not
 * tell letters of either case apart on every database.
 */
export function hasTag(tag: string): RawBuilder<SqlBool> {
  const listed = sql`',' || substr(tags, 2, length(tags) - 2) || ','`
  return sql<SqlBool>`length(replace(${listed}, ${`,${JSON.stringify(tag)},`}, '')) < length(tags)`
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
