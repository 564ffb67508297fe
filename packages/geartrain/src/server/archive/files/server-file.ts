import type { JsonObject } from "@geartrain/spec"
import type { Selectable } from "kysely"
import type { FileRow, FileVersionRow } from "../../database/tables/archive-tables.ts"

/** A row of `files`, as it is read. */
export type StoredFile = Selectable<FileRow>

/** A file of a place, in its current version. */
export interface ServerFile {
  readonly id: string
  readonly place: string
  readonly project: string
  readonly name: string
  /** A word of Flywheel's, such as `nifti`; absent where nothing tells it. */
  readonly type?: string
  readonly mimetype: string
  readonly modality?: string
  readonly classification: Readonly<Record<string, readonly string[]>>
  readonly tags: readonly string[]
  /** Left out of lists. */
  readonly info?: JsonObject
  readonly memberCount?: number
  readonly version: number
  readonly digest: string
  readonly sizeBytes: number
  readonly createdMs: number
  readonly modifiedMs: number
  readonly revision: number
  readonly deletedMs?: number
}

/** One version of a file. */
export interface FileVersion {
  readonly version: number
  readonly digest: string
  readonly sizeBytes: number
  readonly createdMs: number
  readonly createdBy: string
  readonly origin: FileVersionRow["origin"]
  readonly job?: string
}

export function fileOf(row: StoredFile): ServerFile & { readonly info: JsonObject } {
  return { ...listedFile(row), info: JSON.parse(row.info) as JsonObject }
}

/** As lists have it: without info, which may be large. */
export function listedFile(row: Omit<StoredFile, "info">): ServerFile {
  return {
    id: row.id,
    place: row.place,
    project: row.project,
    name: row.name,
    ...(row.type === null ? {} : { type: row.type }),
    mimetype: row.mimetype,
    ...(row.modality === null ? {} : { modality: row.modality }),
    classification: JSON.parse(row.classification) as Record<string, string[]>,
    tags: JSON.parse(row.tags) as string[],
    ...(row.member_count === null ? {} : { memberCount: row.member_count }),
    version: row.version,
    digest: row.digest,
    sizeBytes: row.size_bytes,
    createdMs: row.created_ms,
    modifiedMs: row.modified_ms,
    revision: row.revision,
    ...(row.deleted_ms === null ? {} : { deletedMs: row.deleted_ms }),
  }
}

export function versionOf(row: Selectable<FileVersionRow>): FileVersion {
  return {
    version: row.version,
    digest: row.digest,
    sizeBytes: row.size_bytes,
    createdMs: row.created_ms,
    createdBy: row.created_by,
    origin: row.origin,
    ...(row.job === null ? {} : { job: row.job }),
  }
}
