import { GeartrainError, type JsonObject } from "@geartrain/spec"
import { PLACE_MEMBERS } from "@geartrain/spec/archive"
import { nowMs } from "../../../system/clock.ts"
import type { Write } from "../../database/database.ts"
import type { Caller } from "../../people/caller.ts"
import type { ArchivePorts } from "../archive-ports.ts"
import { changeHeld } from "../metadata/change-held.ts"
import { type MetadataPatch, patchMetadata } from "../metadata/patch-metadata.ts"
import { checkLabel } from "../names/check-name.ts"
import { placeNotFound } from "../names/not-found.ts"
import { refusingDuplicates } from "./create-place.ts"
import { findPlace, needPlace } from "./find-place.ts"
import { placeOf, type ServerPlace, type StoredPlace } from "./place.ts"

/**
 * Changes what is known of a place: its label, members, info and tags.
 *
 * @param request.revision  The one that was read; undefined changes it whatever it says now.
 * @throws {GeartrainError} PLACE_NOT_FOUND, NOT_PERMITTED, ETAG_MISMATCH, METADATA_UNFIT, NAME_UNFIT, LABEL_TAKEN
 */
export async function changePlace(
  ports: ArchivePorts,
  caller: Caller,
  request: { readonly id: string; readonly patch: MetadataPatch; readonly revision?: number | undefined },
): Promise<ServerPlace & { readonly info: JsonObject }> {
  await needPlace(ports, caller, { id: request.id, right: "write", action: "place.change" })
  const { id, patch, revision } = request
  const row = await refusingDuplicates(String(patch.set?.["label"] ?? ""), () =>
    changeHeld(ports, {
      ...{ place: id, revision },
      find: (queries) => findPlace(queries, id),
      notFound: () => placeNotFound(id),
      patch: (write, before) => patchPlace(write, before, { patch, byUser: caller.user }),
    }),
  )
  return placeOf(row)
}

/** Applies a change to a place that the transaction holds, with its event. A change that changes nothing makes neither. */
export async function patchPlace(
  write: Write,
  before: StoredPlace,
  { patch, byUser, job }: { readonly patch: MetadataPatch; readonly byUser: string; readonly job?: string },
): Promise<StoredPlace> {
  const { fields, tags } = patchMetadata(describedPlace(before), patch, PLACE_MEMBERS[before.type])
  const { label, info = {}, ...metadata } = fields
  if (typeof label !== "string") throw new GeartrainError("METADATA_UNFIT", "Cannot keep a place without a label")
  const after: StoredPlace = {
    ...before,
    label: label === before.label ? label : checkLabel(label),
    info: JSON.stringify(info ?? {}),
    metadata: JSON.stringify(metadata),
    tags: JSON.stringify(tags),
  }
  const changed = (["label", "info", "metadata", "tags"] as const).filter((name) => after[name] !== before[name])
  if (changed.length === 0) return before
  const next = { ...after, modified_ms: nowMs(), revision: before.revision + 1 }
  await write.sql
    .updateTable("places")
    .set({
      label: next.label,
      info: next.info,
      metadata: next.metadata,
      tags: next.tags,
      modified_ms: next.modified_ms,
      revision: next.revision,
    })
    .where("id", "=", next.id)
    .execute()
  await write.event({
    kind: "place.changed",
    subject: next.id,
    project: next.project,
    byUser,
    data: { place: next.id, type: next.type, changed, ...(job === undefined ? {} : { job }) },
  })
  return next
}

/** A place as its metadata are changed: label and info among its members. */
export function describedPlace(row: StoredPlace): { readonly fields: JsonObject; readonly tags: readonly string[] } {
  const { label, metadata, info, tags } = placeOf(row)
  return { fields: { label, ...metadata, info }, tags }
}

/**
 * Sets how many bytes all versions of a project's files may have together. An admin of the site may.
 *
 * @param request.quotaBytes  Undefined: no limit.
 * @throws {GeartrainError} NOT_PERMITTED, PLACE_NOT_FOUND
 */
export async function setQuota(
  ports: ArchivePorts,
  caller: Caller,
  request: { readonly project: string; readonly quotaBytes: number | undefined },
): Promise<void> {
  await ports.access.needSiteAdmin(caller, "project.quota")
  const { project, quotaBytes } = request
  await ports.database.write(async (write) => {
    const { numUpdatedRows } = await write.sql
      .updateTable("places")
      .set(({ eb }) => ({ quota_bytes: quotaBytes ?? null, modified_ms: nowMs(), revision: eb("revision", "+", 1) }))
      .where("id", "=", project)
      .where("type", "=", "project")
      .where("deleted_ms", "is", null)
      .executeTakeFirst()
    if (Number(numUpdatedRows) === 0) throw placeNotFound(project)
    const data = { place: project, type: "project", changed: ["quota"] }
    await write.event({ kind: "place.changed", subject: project, project, byUser: caller.user, data })
  })
}
