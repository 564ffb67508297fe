import type { Digest } from "@geartrain/spec"
import type { Selectable } from "kysely"
import { nowMs } from "../../../system/clock.ts"
import { mkdir, open, rm, statfs } from "../../../system/files.ts"
import { makeId } from "../../database/make-id.ts"
import type { UploadRow } from "../../database/tables/archive-tables.ts"
import type { Caller } from "../../people/caller.ts"
import type { ArchivePorts } from "../archive-ports.ts"
import { checkFileName } from "../names/check-name.ts"
import { needPlace } from "../places/find-place.ts"
import { needOpen } from "../places/need-open.ts"
import { needRoom } from "../places/usage.ts"
import { UPLOAD_LIFE_MS, type Upload, uploadOf, uploadPath } from "./upload.ts"
import { diskFull, onUploadDisk } from "./upload-disk.ts"

export interface UploadRequest {
  /** Id of the place that the file is to lie in. */
  readonly place: string
  readonly name: string
  /** Undefined when it is known at the end only. */
  readonly sizeBytes?: number | undefined
  /** Digest that the bytes are to have. */
  readonly expected?: Digest | undefined
}

/**
 * Begins an upload. What can be refused is refused before a byte is sent.
 *
 * @throws {GeartrainError} PLACE_NOT_FOUND, NOT_PERMITTED, PLACE_UNFIT, NAME_UNFIT, QUOTA_EXCEEDED, STORE_FULL
 */
export async function createUpload(ports: ArchivePorts, caller: Caller, request: UploadRequest): Promise<Upload> {
  const place = await needPlace(ports, caller, { id: request.place, right: "write", action: "file.upload" })
  await needOpen(ports, place)
  const name = checkFileName(request.name)
  const { sizeBytes } = request
  await needRoom(ports.database.read, place.project, sizeBytes ?? 0)
  const now = nowMs()
  const row: Selectable<UploadRow> = {
    id: makeId(),
    place: place.id,
    project: place.project,
    name,
    size_bytes: sizeBytes ?? null,
    expected: request.expected ?? null,
    received_bytes: 0,
    state: "open",
    result: null,
    created_by: caller.user,
    created_ms: now,
    expires_ms: now + UPLOAD_LIFE_MS,
  }
  const path = uploadPath(ports, row.id)
  await onUploadDisk(`begin the upload of "${name}"`, async () => {
    await mkdir(ports.uploadFolder, { recursive: true, mode: 0o700 })
    await needDisk(ports.uploadFolder, sizeBytes ?? 0, name)
    await (await open(path, "wx", 0o600)).close()
  })
  try {
    await ports.database.write((write) => write.sql.insertInto("uploads").values(row).execute())
  } catch (error) {
    await rm(path, { force: true })
    throw error
  }
  return uploadOf(row)
}

/** Better told now than after an hour. Others take room meanwhile, so it may yet be full. */
async function needDisk(folder: string, sizeBytes: number, name: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  if (bavail * bsize < sizeBytes) throw diskFull(`begin the upload of "${name}" with its ${sizeBytes} bytes`)
}
