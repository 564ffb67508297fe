import { GeartrainError } from "@geartrain/spec"
import { nowMs } from "../../../system/clock.ts"
import { makeId } from "../../database/make-id.ts"
import type { Caller } from "../../people/caller.ts"
import type { ArchivePorts } from "../archive-ports.ts"
import { needFile } from "../files/find-file.ts"
import { type FileFilter, sumOfFiles } from "../files/list-files.ts"
import { needPlace } from "../places/find-place.ts"
import type { StoredPlace } from "../places/place.ts"

/** What is to be downloaded at once. */
export interface Selection extends FileFilter {
  /** All files in these places, and below them, that the filter lets through. */
  readonly places: readonly string[]
  /** And these files. */
  readonly files: readonly string[]
}

/** A selection that can be fetched for a while, by whoever made it. */
export interface Download {
  readonly ticket: string
  readonly files: number
  readonly bytes: number
  readonly expiresMs: number
}

const LIFE_MS = 24 * 3600_000

/**
 * Looks what a selection has, and answers a ticket for it.
 *
 * @throws {GeartrainError} PLACE_NOT_FOUND, ARCHIVE_FILE_NOT_FOUND
 */
export async function createDownload(ports: ArchivePorts, caller: Caller, selection: Selection): Promise<Download> {
  const { places, files } = await needSelection(ports, caller, selection)
  let sum = { files: files.length, bytes: files.reduce((bytes, file) => bytes + file.size_bytes, 0) }
  for (const place of places) {
    const more = await sumOfFiles(ports.database.read, place, selection)
    sum = { files: sum.files + more.files, bytes: sum.bytes + more.bytes }
  }
  const now = nowMs()
  const id = makeId()
  const expiresMs = now + LIFE_MS
  const text = JSON.stringify({
    ...selection,
    places: places.map((place) => place.id),
    files: files.map((file) => file.id),
  })
  await ports.database.write(({ sql }) =>
    sql
      .insertInto("downloads")
      .values({ id, created_by: caller.user, selection: text, created_ms: now, expires_ms: expiresMs })
      .execute(),
  )
  return { ticket: id, ...sum, expiresMs }
}

/** What a ticket stands for. @throws {GeartrainError} DOWNLOAD_NOT_FOUND */
export async function selectionOf(ports: ArchivePorts, caller: Caller, ticket: string): Promise<Selection> {
  const row = await ports.database.read.selectFrom("downloads").selectAll().where("id", "=", ticket).executeTakeFirst()
  if (row !== undefined && row.created_by === caller.user && row.expires_ms > nowMs())
    return JSON.parse(row.selection) as Selection
  throw new GeartrainError(
    "DOWNLOAD_NOT_FOUND",
    `Cannot download "${ticket}": there is no such ticket, or it has expired`,
    {
      hint: "Select what you want again",
    },
  )
}

/** Forgets tickets that have expired. */
export async function expireDownloads(ports: Pick<ArchivePorts, "database">): Promise<void> {
  await ports.database.write(({ sql }) => sql.deleteFrom("downloads").where("expires_ms", "<=", nowMs()).execute())
}

/**
 * The places and files of a selection, each of which the caller may read; none within another.
 *
 * @throws {GeartrainError} PLACE_NOT_FOUND, ARCHIVE_FILE_NOT_FOUND
 */
export async function needSelection(
  ports: ArchivePorts,
  caller: Caller,
  selection: Selection,
): Promise<{ readonly places: readonly StoredPlace[]; readonly files: Awaited<ReturnType<typeof needFile>>[] }> {
  const all: StoredPlace[] = []
  for (const id of new Set(selection.places))
    all.push(await needPlace(ports, caller, { id, right: "read", action: "file.download" }))
  all.sort((a, b) => (a.lineage < b.lineage ? -1 : 1))
  const places = all.filter((place) => !all.some((other) => other !== place && place.lineage.startsWith(other.lineage)))
  const files = []
  for (const id of new Set(selection.files)) {
    const file = await needFile(ports, caller, { id, right: "read", action: "file.download" })
    if (!places.some((place) => file.lineage.startsWith(place.lineage))) files.push(file)
  }
  files.sort((a, b) => (a.lineage < b.lineage || (a.lineage === b.lineage && a.name < b.name) ? -1 : 1))
  return { places, files }
}
