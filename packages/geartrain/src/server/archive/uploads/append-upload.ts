import { GeartrainError, isGeartrainError } from "@geartrain/spec"
import type { Selectable } from "kysely"
import { nowMs } from "../../../system/clock.ts"
import { constants, type FileHandle, open } from "../../../system/files.ts"
import { systemCode } from "../../../system/system-code.ts"
import { writeAt } from "../../../system/write-at.ts"
import type { UploadRow } from "../../database/tables/archive-tables.ts"
import type { Caller } from "../../people/caller.ts"
import type { ArchivePorts } from "../archive-ports.ts"
import { needRoom } from "../places/usage.ts"
import { needUpload, UPLOAD_LIFE_MS, type Upload, uploadNotFound, uploadOf, uploadPath } from "./upload.ts"
import { onUploadDisk } from "./upload-disk.ts"

/** Bytes on their way to us: a request's body, which can be hung up on, or left unread so that an answer still reaches whoever sends it. */
export type IncomingBytes = AsyncIterable<Uint8Array> & {
  destroy?(error: Error): unknown
  iterator?(options: { readonly destroyOnReturn: false }): AsyncIterable<Uint8Array>
}

/**
 * Adds bytes to an upload. However this ends, what has reached the disk stays, and the answer to "how far?" is right, also after the server was
 * killed; bytes that are there already may come again.
 *
 * @param request.offset  Where the first of the bytes belongs; at most as many as were received.
 * @returns the upload, with the offset to go on from.
 * @throws {GeartrainError} UPLOAD_NOT_FOUND, UPLOAD_OFFSET_WRONG, UPLOAD_UNFIT when there are more than were announced, UPLOAD_CUT,
 *   QUOTA_EXCEEDED, STORE_FULL.
 */
export async function appendUpload(
  ports: ArchivePorts,
  caller: Caller,
  request: { readonly id: string; readonly offset: number; readonly bytes: IncomingBytes },
): Promise<Upload> {
  await needUpload(ports, caller, request.id)
  const turn = await ports.uploadTurns.take(request.id)
  const hangUp = (): unknown => request.bytes.destroy?.(cut("the same upload goes on in another request"))
  turn.signal.addEventListener("abort", hangUp)
  try {
    if (turn.signal.aborted) throw cut("the same upload goes on in another request")
    // Again, since whoever had the turn before may have moved it on.
    const row = await needUpload(ports, caller, request.id)
    needOffset(row, request.offset)
    const file = await openPart(ports, row)
    if (file === undefined) return uploadOf(row)
    try {
      return uploadOf(await receive(ports, { row, file, offset: request.offset, bytes: request.bytes }))
    } finally {
      await file.close()
    }
  } finally {
    turn.signal.removeEventListener("abort", hangUp)
    turn.end()
  }
}

/** After so many bytes they are made durable, and it is written down: what a kill costs at most. */
const CHECKPOINT_BYTES = 16 * 1024 * 1024

interface Reception {
  readonly row: Selectable<UploadRow>
  readonly file: FileHandle
  readonly offset: number
  readonly bytes: IncomingBytes
}

async function receive(ports: ArchivePorts, { row, file, offset, bytes }: Reception): Promise<Selectable<UploadRow>> {
  let position = offset
  let written = row.received_bytes
  let kept = row
  const keep = async (): Promise<void> => {
    await onUploadDisk(`receive "${row.name}"`, () => file.datasync())
    kept = await checkpoint(ports, kept, written)
  }
  try {
    for await (const chunk of bytes.iterator?.({ destroyOnReturn: false }) ?? bytes) {
      // What is there already came twice.
      const fresh = chunk.subarray(Math.min(chunk.length, Math.max(0, written - position)))
      position += chunk.length
      if (fresh.length === 0) continue
      if (written + fresh.length > (row.size_bytes ?? Number.MAX_SAFE_INTEGER)) throw tooMany(row)
      await onUploadDisk(`receive "${row.name}"`, () => writeAt(file, fresh, written))
      written += fresh.length
      if (written - kept.received_bytes >= CHECKPOINT_BYTES) {
        await needRoom(ports.database.read, row.project, written)
        await keep()
      }
    }
  } catch (error) {
    if (isGeartrainError(error, "STORE_FULL")) await file.truncate(kept.received_bytes)
    else await keep()
    throw systemCode(error) === undefined || isGeartrainError(error) ? error : cut("the line is gone", error)
  }
  await keep()
  return kept
}

/** What was received is never less than it was: of two that raced, the one that had more is right. */
async function checkpoint(
  ports: ArchivePorts,
  row: Selectable<UploadRow>,
  receivedBytes: number,
): Promise<Selectable<UploadRow>> {
  const next = { ...row, received_bytes: receivedBytes, expires_ms: nowMs() + UPLOAD_LIFE_MS }
  await ports.database.write((write) =>
    write.sql
      .updateTable("uploads")
      .set({ received_bytes: next.received_bytes, expires_ms: next.expires_ms })
      .where("id", "=", row.id)
      .where("state", "=", "open")
      .where("received_bytes", "<=", receivedBytes)
      .execute(),
  )
  return next
}

function needOffset(row: Selectable<UploadRow>, offset: number): void {
  if (row.state !== "open") throw uploadNotFound(row.id)
  if (offset <= row.received_bytes) return
  throw new GeartrainError(
    "UPLOAD_OFFSET_WRONG",
    `Cannot go on with upload "${row.id}" at byte ${offset}: ${row.received_bytes} were received`,
    {
      details: { id: row.id, offset, receivedBytes: row.received_bytes },
      hint: `Go on at byte ${row.received_bytes}`,
    },
  )
}

/**
 * Opens what was received so far. No link is followed.
 *
 * @returns undefined for a file that a server which was killed has taken for whole already: it is the blob, by another name, and nobody writes
 *   to that any more.
 */
async function openPart(ports: ArchivePorts, row: Selectable<UploadRow>): Promise<FileHandle | undefined> {
  try {
    const file = await open(uploadPath(ports, row.id), constants.O_RDWR | constants.O_NOFOLLOW)
    if ((await file.stat()).nlink === 1) return file
    await file.close()
    return undefined
  } catch (error) {
    if (systemCode(error) === "EACCES") return undefined
    if (systemCode(error) === "ENOENT") throw uploadNotFound(row.id)
    throw error
  }
}

function tooMany(row: Selectable<UploadRow>): GeartrainError {
  return new GeartrainError(
    "UPLOAD_UNFIT",
    `Cannot receive "${row.name}": there are more bytes than the ${row.size_bytes} that were announced`,
    { details: { id: row.id, sizeBytes: row.size_bytes } },
  )
}

function cut(because: string, cause?: unknown): GeartrainError {
  return new GeartrainError("UPLOAD_CUT", `Cannot receive the rest of these bytes: ${because}`, {
    hint: "Ask how far it got, and go on from there",
    ...(cause === undefined ? {} : { cause }),
  })
}
