import type { JsonObject } from "@geartrain/spec"
import type { Page } from "../../http/page.ts"
import type { Caller } from "../../people/caller.ts"
import type { ArchivePorts } from "../archive-ports.ts"
import { type PageRequest, readPage } from "../lists/read-page.ts"
import { fileNotFound } from "../names/not-found.ts"
import { needPlace } from "../places/find-place.ts"
import { labelsBelow } from "../places/labels-below.ts"
import { findFile, needFile } from "./find-file.ts"
import { type FileFilter, filesOf } from "./list-files.ts"
import { type FileVersion, fileOf, listedFile, type ServerFile, versionOf } from "./server-file.ts"

/** What a list of files is asked for. */
export interface FileListRequest extends PageRequest, FileFilter {
  readonly place: string
  readonly below?: boolean | undefined
  /** Each file comes with the labels on the way to it. */
  readonly labels?: boolean | undefined
}

export type ListedFile = ServerFile & { readonly labels?: readonly string[] }

/**
 * Files of a place, or of all places below it too, by where they lie and by name; without their info.
 *
 * @throws {GeartrainError} PLACE_NOT_FOUND, CURSOR_UNFIT
 */
export async function listFiles(
  ports: ArchivePorts,
  caller: Caller,
  request: FileListRequest,
): Promise<Page<ListedFile>> {
  const place = await needPlace(ports, caller, { id: request.place, right: "read", action: "file.list" })
  const { name, type, tag, modality, below = false } = request
  const page = await readPage(request, {
    kinds: ["string", "string"],
    read: (limit, after) =>
      filesOf(ports.database.read, place, {
        ...{ name, type, tag, modality, below, limit },
        ...(after === undefined ? {} : { after: { lineage: String(after[0]), name: String(after[1]) } }),
      }),
    orderOf: (row) => [row.lineage, row.name],
  })
  if (request.labels !== true) return { ...page, items: page.items.map(listedFile) }
  const lineages = [...new Set(page.items.map(({ lineage }) => lineage))]
  const known = await labelsBelow(ports.database.read, place, lineages)
  const items = page.items.flatMap((row) => {
    const labels = known.get(row.lineage)
    // Where there are none, file and place have gone for good meanwhile.
    return labels === undefined ? [] : [{ ...listedFile(row), labels }]
  })
  return { ...page, items }
}

/** @throws {GeartrainError} ARCHIVE_FILE_NOT_FOUND */
export async function getFile(
  ports: ArchivePorts,
  caller: Caller,
  id: string,
): Promise<ServerFile & { readonly info: JsonObject }> {
  return fileOf(await needFile(ports, caller, { id, right: "read", action: "file.read" }))
}

/** @throws {GeartrainError} PLACE_NOT_FOUND, ARCHIVE_FILE_NOT_FOUND */
export async function getFileByName(
  ports: ArchivePorts,
  caller: Caller,
  { place, name }: { readonly place: string; readonly name: string },
): Promise<ServerFile & { readonly info: JsonObject }> {
  await needPlace(ports, caller, { id: place, right: "read", action: "file.read" })
  const file = name.includes("\0") ? undefined : await findFile(ports.database.read, { place, name })
  if (file === undefined) throw fileNotFound(name)
  return fileOf(file)
}

/**
 * All versions of a file, the newest first.
 *
 * @throws {GeartrainError} ARCHIVE_FILE_NOT_FOUND
 */
export async function listVersions(
  ports: ArchivePorts,
  caller: Caller,
  request: PageRequest & { readonly file: string },
): Promise<Page<FileVersion>> {
  const { id } = await needFile(ports, caller, { id: request.file, right: "read", action: "file.versions" })
  const page = await readPage(request, {
    kinds: ["number"],
    read: (limit, after) => {
      const select = ports.database.read.selectFrom("file_versions").selectAll().where("file", "=", id)
      const later = after === undefined ? select : select.where("version", "<", Number(after[0]))
      return later.orderBy("version", "desc").limit(limit).execute()
    },
    orderOf: (row) => [row.version],
  })
  return { ...page, items: page.items.map(versionOf) }
}
