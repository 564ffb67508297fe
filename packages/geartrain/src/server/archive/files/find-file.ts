import { isGeartrainError } from "@geartrain/spec"
import type { Queries } from "../../database/database.ts"
import type { Caller, Right } from "../../people/caller.ts"
import type { ArchivePorts } from "../archive-ports.ts"
import { fileNotFound } from "../names/not-found.ts"
import type { StoredFile } from "./server-file.ts"

/** A living file by its id, or by its place and name. Asks nobody whether the caller may see it: see `needFile`. */
export function findFile(
  queries: Queries,
  by: { readonly id: string } | { readonly place: string; readonly name: string },
): Promise<StoredFile | undefined> {
  const select = queries.selectFrom("files").selectAll().where("deleted_ms", "is", null)
  if ("id" in by) return select.where("id", "=", by.id).executeTakeFirst()
  return select.where("place", "=", by.place).where("name", "=", by.name.normalize("NFC")).executeTakeFirst()
}

/** Ids of the living files of a place that have these names, in NFC, however many. */
export async function fileIdsByName(
  queries: Queries,
  place: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const ids = new Map<string, string>()
  for (let at = 0; at < names.length; at += NAMES_AT_ONCE) {
    const rows = await queries
      .selectFrom("files")
      .select(["id", "name"])
      .where("place", "=", place)
      .where("name", "in", names.slice(at, at + NAMES_AT_ONCE))
      .where("deleted_ms", "is", null)
      .execute()
    for (const { id, name } of rows) ids.set(name, id)
  }
  return ids
}

const NAMES_AT_ONCE = 500

/**
 * A living file, on which the caller has a right.
 *
 * @throws {GeartrainError} ARCHIVE_FILE_NOT_FOUND, in the same words whether it is not there or not to be known; NOT_PERMITTED.
 */
export async function needFile(
  ports: Pick<ArchivePorts, "database" | "access">,
  caller: Caller,
  request: { readonly id: string; readonly right: Right; readonly action: string },
): Promise<StoredFile> {
  const { id, right, action } = request
  const file = await findFile(ports.database.read, { id })
  if (file === undefined) throw fileNotFound(id)
  await needFileProject(ports, caller, { file, right, action })
  return file
}

/**
 * Asks for a right in the project of a file that is known to be there.
 *
 * @throws {GeartrainError} ARCHIVE_FILE_NOT_FOUND, in the words of `needFile`; NOT_PERMITTED.
 */
export async function needFileProject(
  ports: Pick<ArchivePorts, "access">,
  caller: Caller,
  request: {
    readonly file: { readonly id: string; readonly project: string }
    readonly right: Right
    readonly action: string
  },
): Promise<void> {
  const { file, right, action } = request
  try {
    await ports.access.need(caller, { project: file.project, right, action, target: file.id })
  } catch (error) {
    throw isGeartrainError(error, "PROJECT_NOT_FOUND") ? fileNotFound(file.id) : error
  }
}
