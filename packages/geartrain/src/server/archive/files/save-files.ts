import { fileType, type JsonObject, mimeType } from "@geartrain/spec"
import { nowMs } from "../../../system/clock.ts"
import type { Write } from "../../database/database.ts"
import { makeId } from "../../database/make-id.ts"
import type { FileVersionRow } from "../../database/tables/archive-tables.ts"
import { holdBlobs } from "../blobs/hold-blobs.ts"
import { checkFileName } from "../names/check-name.ts"
import { lockPlace } from "../places/lock-place.ts"
import { addUsage } from "../places/usage.ts"
import { findFile } from "./find-file.ts"
import type { StoredFile } from "./server-file.ts"

/** Bytes of the store that become a file, or another version of one. */
export interface NewFile {
  readonly name: string
  readonly digest: string
  readonly sizeBytes: number
  /** What somebody says of it: overrides what its suffix tells, and what the version before had. */
  readonly type?: string
}

export interface SaveRequest {
  /** The living place. */
  readonly place: { readonly id: string; readonly project: string; readonly lineage: string }
  readonly files: readonly NewFile[]
  readonly byUser: string
  readonly origin: FileVersionRow["origin"]
  readonly job?: string
}

/** A file as it is now, and whether that made a new version of it. */
export interface SavedFile {
  readonly file: StoredFile
  readonly isNew: boolean
}

/**
 * Saves files into a place, within a transaction. Their bytes are in the store already. Nothing is overwritten: another content is another
 * version, and the same content is none.
 *
 * @throws {GeartrainError} PLACE_NOT_FOUND when it has gone meanwhile; NAME_UNFIT; QUOTA_EXCEEDED.
 */
export async function saveFiles(write: Write, request: SaveRequest): Promise<readonly SavedFile[]> {
  await lockPlace(write, request.place.id)
  const saved: SavedFile[] = []
  for (const file of request.files)
    saved.push(await saveFile(write, request, { ...file, name: checkFileName(file.name) }))
  const fresh = saved.filter(({ isNew }) => isNew).map(({ file }) => file)
  await holdBlobs(
    write.sql,
    fresh.map((file) => ({ digest: file.digest, sizeBytes: file.size_bytes })),
  )
  const bytes = fresh.reduce((sum, file) => sum + file.size_bytes, 0)
  if (fresh.length > 0) await addUsage(write.sql, request.place.project, { bytes, versions: fresh.length })
  return saved
}

async function saveFile(write: Write, request: SaveRequest, given: NewFile): Promise<SavedFile> {
  const there = await findFile(write.sql, { place: request.place.id, name: given.name })
  if (there?.digest === given.digest) return { file: there, isNew: false }
  const file = there === undefined ? newRow(request, given) : nextRow(there, given)
  if (there === undefined) await write.sql.insertInto("files").values(file).execute()
  else {
    const { version, digest, size_bytes, modified_ms, revision, type, mimetype, member_count } = file
    await write.sql
      .updateTable("files")
      .set({ version, digest, size_bytes, modified_ms, revision, type, mimetype, member_count })
      .where("id", "=", file.id)
      .execute()
  }
  const { job, byUser, origin, place } = request
  await write.sql
    .insertInto("file_versions")
    .values({
      file: file.id,
      version: file.version,
      digest: file.digest,
      size_bytes: file.size_bytes,
      created_ms: file.modified_ms,
      created_by: byUser,
      origin,
      job: job ?? null,
    })
    .execute()
  await write.event({
    kind: "file.saved",
    subject: file.id,
    project: place.project,
    byUser,
    data: { ...savedData(file), ...(job === undefined ? {} : { job }) },
  })
  return { file, isNew: true }
}

function savedData(file: StoredFile): JsonObject {
  const { id, place, version, name, type, digest } = file
  return { file: id, place, version, name, type, digest }
}

function newRow({ place }: SaveRequest, { name, digest, sizeBytes, type }: NewFile): StoredFile {
  const now = nowMs()
  return {
    id: makeId(),
    place: place.id,
    project: place.project,
    lineage: place.lineage,
    name,
    type: type ?? fileType(name) ?? null,
    mimetype: mimeType(name),
    modality: null,
    classification: "{}",
    tags: "[]",
    info: "{}",
    member_count: null,
    version: 1,
    digest,
    size_bytes: sizeBytes,
    created_ms: now,
    modified_ms: now,
    revision: 1,
    deleted_ms: null,
    deleted_by: null,
    deleted_with: null,
  }
}

/** What is known of a file stays with it: its next version is more of the same. How many members it has is of its bytes. */
function nextRow(there: StoredFile, { digest, sizeBytes, type }: NewFile): StoredFile {
  return {
    ...there,
    version: there.version + 1,
    digest,
    size_bytes: sizeBytes,
    type: type ?? there.type,
    member_count: null,
    modified_ms: nowMs(),
    revision: there.revision + 1,
  }
}
