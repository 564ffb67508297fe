import type { Queries } from "../../database/database.ts"
import type { FileVersionRow } from "../../database/tables/archive-tables.ts"
import { COLUMNS } from "./list-files.ts"
import type { StoredFile } from "./server-file.ts"

/** A file with who made its current version. Its info is there when it was asked for. */
export type FileWithOrigin = Omit<StoredFile, "info"> & {
  readonly info?: string | undefined
  readonly origin: FileVersionRow["origin"]
  readonly created_by: string
  readonly job: string | null
}

const SELECTED = [
  ...COLUMNS.map((column) => `files.${column}` as const),
  "file_versions.origin",
  "file_versions.created_by",
  "file_versions.job",
] as const

/** Living files that lie directly in places, by place and name, or those of one name. Asks nobody whether the caller may see them. */
export function filesOfPlaces(
  queries: Queries,
  asked: {
    readonly places: readonly string[]
    readonly name?: string | undefined
    readonly withInfo?: boolean
    readonly limit: number
  },
): Promise<readonly FileWithOrigin[]> {
  let select = queries
    .selectFrom("files")
    .innerJoin("file_versions", (join) =>
      join.onRef("file_versions.file", "=", "files.id").onRef("file_versions.version", "=", "files.version"),
    )
    .select(SELECTED)
    .where("files.place", "in", asked.places.length === 0 ? [""] : [...asked.places])
    .where("files.deleted_ms", "is", null)
  if (asked.name !== undefined) select = select.where("files.name", "=", asked.name.normalize("NFC"))
  return select
    .$if(asked.withInfo === true, (query) => query.select("files.info"))
    .orderBy("files.place")
    .orderBy("files.name")
    .limit(asked.limit)
    .execute()
}
