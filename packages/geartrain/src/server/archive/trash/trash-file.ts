import { nowMs } from "../../../system/clock.ts"
import type { Caller } from "../../people/caller.ts"
import type { ArchivePorts } from "../archive-ports.ts"
import { needFile, needFileProject } from "../files/find-file.ts"
import { fileOf, type ServerFile, type StoredFile } from "../files/server-file.ts"
import { needRevision } from "../metadata/revision.ts"
import { fileNotFound } from "../names/not-found.ts"
import { refusingDuplicates } from "../places/create-place.ts"
import { lockPlace } from "../places/lock-place.ts"

/**
 * Puts a file, with all its versions, into the trash, from where `restoreFile` takes it back. Whoever may write may.
 *
 * @throws {GeartrainError} ARCHIVE_FILE_NOT_FOUND, NOT_PERMITTED, ETAG_MISMATCH
 */
export async function trashFile(
  ports: ArchivePorts,
  caller: Caller,
  request: { readonly id: string; readonly revision?: number | undefined },
): Promise<void> {
  const file = await needFile(ports, caller, { id: request.id, right: "write", action: "file.trash" })
  needRevision(file, request.revision)
  await ports.database.write(async (write) => {
    const { numUpdatedRows } = await write.sql
      .updateTable("files")
      .set({ deleted_ms: nowMs(), deleted_by: caller.user, deleted_with: file.id })
      .where("id", "=", file.id)
      .where("revision", "=", file.revision)
      .where("deleted_ms", "is", null)
      .executeTakeFirst()
    // Somebody was faster: with another change, or with the same.
    if (Number(numUpdatedRows) === 0) needRevision({ id: file.id, revision: file.revision + 1 }, file.revision)
    const data = { file: file.id, place: file.place, name: file.name }
    await write.event({ kind: "file.trashed", subject: file.id, project: file.project, byUser: caller.user, data })
  })
}

/**
 * Takes a file out of the trash that was put there by itself.
 *
 * @throws {GeartrainError} ARCHIVE_FILE_NOT_FOUND, NOT_PERMITTED; PLACE_NOT_FOUND when its place is in the trash; LABEL_TAKEN when there is
 *   another one of its name by now.
 */
export async function restoreFile(ports: ArchivePorts, caller: Caller, id: string): Promise<ServerFile> {
  const trashed = await needTrashedFile(ports, caller, id)
  await refusingDuplicates(trashed.name, () =>
    ports.database.write(async (write) => {
      await lockPlace(write, trashed.place)
      await write.sql
        .updateTable("files")
        .set({ deleted_ms: null, deleted_by: null, deleted_with: null })
        .where("id", "=", id)
        .where("deleted_with", "=", id)
        .execute()
      const data = { file: id, place: trashed.place, name: trashed.name }
      await write.event({ kind: "file.restored", subject: id, project: trashed.project, byUser: caller.user, data })
    }),
  )
  return fileOf({ ...trashed, deleted_ms: null, deleted_by: null, deleted_with: null })
}

async function needTrashedFile(ports: ArchivePorts, caller: Caller, id: string): Promise<StoredFile> {
  const row = await ports.database.read
    .selectFrom("files")
    .selectAll()
    .where("id", "=", id)
    .where("deleted_with", "=", id)
    .executeTakeFirst()
  if (row === undefined) throw fileNotFound(id)
  await needFileProject(ports, caller, { file: row, right: "write", action: "file.restore" })
  return row
}
