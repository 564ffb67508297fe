import { sql } from "kysely"
import type { Queries } from "../../database/database.ts"
import type { PlaceType } from "../../database/tables/archive-tables.ts"
import type { StoredFile } from "./server-file.ts"

/** One version of a file; without a number the current one. */
export interface WantedVersion {
  readonly file: string
  readonly version?: number
}

/** A version of a living file that lies in a living place. */
export interface FoundVersion {
  readonly file: StoredFile
  readonly placeType: PlaceType
  readonly version: number
  readonly digest: string
  readonly sizeBytes: number
}

/** So many are asked for in one statement: SQLite binds 32,766 values in one, and takes lists of a thousand. */
export const VERSIONS_AT_ONCE = 500

/**
 * Versions of files, however many, in two statements at most. Asks nobody whether the caller may see them.
 *
 * @param wanted  `VERSIONS_AT_ONCE` at most.
 * @returns each that is there, undefined in the place of one that is not.
 */
export async function findVersions(
  queries: Queries,
  wanted: readonly WantedVersion[],
): Promise<readonly (FoundVersion | undefined)[]> {
  if (wanted.length === 0) return []
  const ids = [...new Set(wanted.map(({ file }) => file))]
  const rows = await queries
    .selectFrom("files")
    .innerJoin("places", "places.id", "files.place")
    .selectAll("files")
    .select("places.type as placeType")
    .where("files.id", "in", ids)
    .where("files.deleted_ms", "is", null)
    .where("places.deleted_ms", "is", null)
    .execute()
  const files = new Map(rows.map(({ placeType, ...file }) => [file.id, { file, placeType }]))
  const earlier = await findEarlier(
    queries,
    wanted.flatMap(({ file, version }) =>
      version === undefined || (files.get(file)?.file.version ?? version) === version ? [] : [{ file, version }],
    ),
  )
  return wanted.map(({ file: id, version: asked }) => {
    const found = files.get(id)
    if (found === undefined) return undefined
    const { digest, size_bytes: sizeBytes, version: current } = found.file
    if (asked === undefined || asked === current) return { ...found, version: current, digest, sizeBytes }
    const then = earlier.get(`${id}@${asked}`)
    return then === undefined ? undefined : { ...found, version: asked, ...then }
  })
}

/** By file and number. */
async function findEarlier(
  queries: Queries,
  wanted: readonly Required<WantedVersion>[],
): Promise<ReadonlyMap<string, Pick<FoundVersion, "digest" | "sizeBytes">>> {
  if (wanted.length === 0) return new Map()
  // PostgreSQL takes a value in such a list for a text unless it is told otherwise.
  const pairs = wanted.map(({ file, version }) => sql`(${file}, cast(${version} as bigint))`)
  const rows = await queries
    .selectFrom("file_versions")
    .select(["file", "version", "digest", "size_bytes"])
    .where(sql<boolean>`(file, version) in (values ${sql.join(pairs)})`)
    .execute()
  return new Map(
    rows.map(({ file, version, digest, size_bytes: sizeBytes }) => [`${file}@${version}`, { digest, sizeBytes }]),
  )
}
