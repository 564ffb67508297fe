import type { BlobDescriptor } from "@geartrain/ports"
import { type Digest, GeartrainError } from "@geartrain/spec"
import type { Selectable } from "kysely"
import { open, rm } from "../../../system/files.ts"
import { readChunks } from "../../../system/read-chunks.ts"
import { systemCode } from "../../../system/system-code.ts"
import type { Write } from "../../database/database.ts"
import type { UploadRow } from "../../database/tables/archive-tables.ts"
import type { Caller } from "../../people/caller.ts"
import type { ArchivePorts } from "../archive-ports.ts"
import { saveFiles } from "../files/save-files.ts"
import { fileOf, type ServerFile, type StoredFile } from "../files/server-file.ts"
import { fileNotFound } from "../names/not-found.ts"
import { findPlace } from "../places/find-place.ts"
import { needUpload, uploadNotFound, uploadPath } from "./upload.ts"
import { onUploadDisk } from "./upload-disk.ts"

/** What became of an upload. */
export interface FinishedUpload {
  readonly file: ServerFile
  /** False when the place had a file of this name with this very content. */
  readonly isNew: boolean
}

/**
 * Makes a file, or a new version of one, of what was received. The same again answers the same.
 *
 * @throws {GeartrainError} UPLOAD_NOT_FOUND; UPLOAD_UNFIT when bytes are missing, or have another digest than was announced: then the upload is
 *   gone; QUOTA_EXCEEDED, STORE_FULL.
 */
export async function finishUpload(ports: ArchivePorts, caller: Caller, id: string): Promise<FinishedUpload> {
  await needUpload(ports, caller, id)
  const turn = await ports.uploadTurns.take(id)
  try {
    const row = await needUpload(ports, caller, id)
    if (row.state === "done") return await finishedBefore(ports, row)
    needWhole(row)
    const { digest, sizeBytes } = await store(ports, row)
    if (row.expected !== null && row.expected !== digest) {
      await dropRow(ports, id)
      throw otherDigest(row, digest)
    }
    const done = await ports.database.write((write) => publish(write, row, { digest, sizeBytes }))
    // Whoever emptied the trash may have removed these very bytes between their storing and our word that they are needed.
    if ((await ports.blobs.stat(digest)) === undefined) await store(ports, row)
    await rm(uploadPath(ports, id), { force: true })
    return { file: fileOf(done.file), isNew: done.isNew }
  } finally {
    turn.end()
  }
}

/** Forgets an upload. @throws {GeartrainError} UPLOAD_NOT_FOUND */
export async function dropUpload(ports: ArchivePorts, caller: Caller, id: string): Promise<void> {
  const row = await needUpload(ports, caller, id)
  const turn = await ports.uploadTurns.take(id)
  try {
    await dropRow(ports, row.id)
  } finally {
    turn.end()
  }
}

/** The row first: a file without a row is swept up, a row without a file would be believed. */
export async function dropRow(ports: ArchivePorts, id: string): Promise<void> {
  await ports.database.write((write) => write.sql.deleteFrom("uploads").where("id", "=", id).execute())
  await rm(uploadPath(ports, id), { force: true })
}

/** The bytes stay where they are, too, until it is written down what became of them. */
async function store(ports: ArchivePorts, row: Selectable<UploadRow>): Promise<BlobDescriptor> {
  const path = uploadPath(ports, row.id)
  try {
    return await onUploadDisk(`keep "${row.name}"`, async () => {
      await cutTail(path, row.received_bytes)
      return await (ports.blobs.adopt?.(path, { keep: true }) ?? ports.blobs.put(readChunks(path)))
    })
  } catch (error) {
    if (systemCode(error) === "ENOENT") throw uploadNotFound(row.id)
    throw error
  }
}

/** Bytes that were written and never written down: the server was killed then. A file that is a blob already has none, and is read-only. */
async function cutTail(path: string, sizeBytes: number): Promise<void> {
  const file = await open(path, "r+").catch((error: unknown) => {
    if (systemCode(error) === "EACCES") return undefined
    throw error
  })
  if (file === undefined) return
  try {
    if ((await file.stat()).size > sizeBytes) await file.truncate(sizeBytes)
  } finally {
    await file.close()
  }
}

async function publish(
  write: Write,
  row: Selectable<UploadRow>,
  blob: BlobDescriptor,
): Promise<{ readonly file: StoredFile; readonly isNew: boolean }> {
  const place = await findPlace(write.sql, row.place)
  if (place === undefined) throw uploadNotFound(row.id)
  const [saved] = await saveFiles(write, {
    place,
    files: [{ name: row.name, ...blob }],
    byUser: row.created_by,
    origin: "user",
  })
  if (saved === undefined) throw new TypeError("one file was to be saved")
  const { numUpdatedRows } = await write.sql
    .updateTable("uploads")
    .set({ state: "done", result: JSON.stringify({ file: saved.file.id, isNew: saved.isNew }) })
    .where("id", "=", row.id)
    .where("state", "=", "open")
    .executeTakeFirst()
  if (Number(numUpdatedRows) === 0) throw uploadNotFound(row.id)
  return saved
}

async function finishedBefore(ports: ArchivePorts, row: Selectable<UploadRow>): Promise<FinishedUpload> {
  const { file: id, isNew } = JSON.parse(row.result ?? "{}") as { readonly file: string; readonly isNew: boolean }
  const file = await ports.database.read.selectFrom("files").selectAll().where("id", "=", id).executeTakeFirst()
  if (file === undefined) throw fileNotFound(id)
  return { file: fileOf(file), isNew }
}

function needWhole(row: Selectable<UploadRow>): void {
  if (row.size_bytes === null || row.size_bytes === row.received_bytes) return
  throw new GeartrainError(
    "UPLOAD_UNFIT",
    `Cannot finish upload "${row.id}": ${row.received_bytes} of ${row.size_bytes} bytes were received`,
    {
      details: { id: row.id, receivedBytes: row.received_bytes, sizeBytes: row.size_bytes },
      hint: `Go on at byte ${row.received_bytes}`,
    },
  )
}

function otherDigest(row: Selectable<UploadRow>, found: Digest): GeartrainError {
  return new GeartrainError(
    "UPLOAD_UNFIT",
    `Cannot keep "${row.name}": its bytes have digest ${found}, and ${row.expected} was announced`,
    { details: { expected: row.expected, found }, hint: "Upload it again" },
  )
}
