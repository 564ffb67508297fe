import type { JsonObject } from "@geartrain/spec"
import { FILE_MEMBERS } from "@geartrain/spec/archive"
import { nowMs } from "../../../system/clock.ts"
import type { Write } from "../../database/database.ts"
import type { Caller } from "../../people/caller.ts"
import type { ArchivePorts } from "../archive-ports.ts"
import { changeHeld } from "../metadata/change-held.ts"
import { type Described, type MetadataPatch, patchMetadata } from "../metadata/patch-metadata.ts"
import { fileNotFound } from "../names/not-found.ts"
import { findFile, needFile } from "./find-file.ts"
import { fileOf, type ServerFile, type StoredFile } from "./server-file.ts"

/**
 * Changes what is known of a file: its type, modality, classification, info and tags.
 *
 * @param request.revision  The one that was read; undefined changes it whatever it says now.
 * @throws {GeartrainError} ARCHIVE_FILE_NOT_FOUND, NOT_PERMITTED, ETAG_MISMATCH, METADATA_UNFIT, NAME_UNFIT
 */
export async function changeFile(
  ports: ArchivePorts,
  caller: Caller,
  request: { readonly id: string; readonly patch: MetadataPatch; readonly revision?: number | undefined },
): Promise<ServerFile & { readonly info: JsonObject }> {
  const seen = await needFile(ports, caller, { id: request.id, right: "write", action: "file.change" })
  const { id, patch, revision } = request
  const row = await changeHeld(ports, {
    ...{ place: seen.place, revision },
    find: (queries) => findFile(queries, { id }),
    notFound: () => fileNotFound(id),
    patch: (write, before) => patchFile(write, before, { patch, byUser: caller.user }),
  })
  return fileOf(row)
}

/** Applies a change to a file whose place the transaction holds, with its event. A change that changes nothing makes neither. */
export async function patchFile(
  write: Write,
  before: StoredFile,
  { patch, byUser, job }: { readonly patch: MetadataPatch; readonly byUser: string; readonly job?: string },
): Promise<StoredFile> {
  const after = rowOf(before, patchMetadata(describedFile(before), patch, FILE_MEMBERS))
  const changed = CHANGEABLE.filter((name) => after[name] !== before[name])
  if (changed.length === 0) return before
  const next = { ...after, modified_ms: nowMs(), revision: before.revision + 1 }
  await write.sql
    .updateTable("files")
    .set({
      ...Object.fromEntries(CHANGEABLE.map((name) => [name, next[name]])),
      modified_ms: next.modified_ms,
      revision: next.revision,
    })
    .where("id", "=", next.id)
    .execute()
  await write.event({
    kind: "file.changed",
    subject: next.id,
    project: next.project,
    byUser,
    data: {
      ...{ file: next.id, place: next.place, name: next.name, type: next.type, changed },
      ...(job === undefined ? {} : { job }),
    },
  })
  return next
}

const CHANGEABLE = ["type", "mimetype", "modality", "classification", "info", "member_count", "tags"] as const

/** A file as its metadata are changed, in the words of the specification. */
export function describedFile(row: StoredFile): Described {
  const { type, mimetype, modality, classification, info, memberCount, tags } = fileOf(row)
  return {
    fields: {
      ...(type === undefined ? {} : { type }),
      mimetype,
      ...(modality === undefined ? {} : { modality }),
      classification,
      info,
      ...(memberCount === undefined ? {} : { zip_member_count: memberCount }),
    },
    tags,
  }
}

function rowOf(before: StoredFile, { fields, tags }: Described): StoredFile {
  const { type, mimetype, modality, classification, info, zip_member_count: count } = fields
  return {
    ...before,
    type: typeof type === "string" ? type : null,
    mimetype: typeof mimetype === "string" ? mimetype : "application/octet-stream",
    modality: typeof modality === "string" ? modality : null,
    classification: JSON.stringify(classification ?? {}),
    info: JSON.stringify(info ?? {}),
    member_count: typeof count === "number" ? count : null,
    tags: JSON.stringify(tags),
  }
}
