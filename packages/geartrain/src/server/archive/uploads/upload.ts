import { GeartrainError, isGeartrainError } from "@geartrain/spec"
import type { Selectable } from "kysely"
import { nowMs } from "../../../system/clock.ts"
import type { UploadRow } from "../../database/tables/archive-tables.ts"
import type { Caller } from "../../people/caller.ts"
import type { ArchivePorts } from "../archive-ports.ts"
import { needPlace } from "../places/find-place.ts"

/** A file that is on its way. */
export interface Upload {
  readonly id: string
  readonly place: string
  readonly name: string
  /** Absent when nobody said. */
  readonly sizeBytes?: number
  /** So many bytes are on the server's disk for good: the next ones go there. */
  readonly receivedBytes: number
  readonly state: UploadRow["state"]
  /** It is forgotten then, unless more bytes come. */
  readonly expiresMs: number
}

/** So long an upload waits for its next bytes: over a long week-end. */
export const UPLOAD_LIFE_MS = 7 * 24 * 3600_000

export function uploadOf(row: Selectable<UploadRow>): Upload {
  return {
    id: row.id,
    place: row.place,
    name: row.name,
    ...(row.size_bytes === null ? {} : { sizeBytes: row.size_bytes }),
    receivedBytes: row.received_bytes,
    state: row.state,
    expiresMs: row.expires_ms,
  }
}

/** Where the bytes of an upload lie. Ids are our own. */
export function uploadPath(ports: ArchivePorts, id: string): string {
  return `${ports.uploadFolder}/${id}`
}

/**
 * An upload of the caller's own, who may still write to its place.
 *
 * @throws {GeartrainError} UPLOAD_NOT_FOUND, PLACE_NOT_FOUND, NOT_PERMITTED
 */
export async function needUpload(ports: ArchivePorts, caller: Caller, id: string): Promise<Selectable<UploadRow>> {
  const row = await ports.database.read.selectFrom("uploads").selectAll().where("id", "=", id).executeTakeFirst()
  if (row === undefined || row.created_by !== caller.user || row.expires_ms <= nowMs()) throw uploadNotFound(id)
  try {
    await needPlace(ports, caller, { id: row.place, right: "write", action: "file.upload" })
  } catch (error) {
    // Of a place that was put into the trash meanwhile nothing else is told.
    throw isGeartrainError(error, "PLACE_NOT_FOUND") ? uploadNotFound(id) : error
  }
  return row
}

export function uploadNotFound(id: string): GeartrainError {
  return new GeartrainError("UPLOAD_NOT_FOUND", `Cannot go on with upload "${id}": there is none, or it has expired`, {
    hint: "Begin it again",
  })
}
