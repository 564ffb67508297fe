import { GeartrainError } from "@geartrain/spec"
import { takenSteps } from "../../server/database/migrations/taken-steps.ts"
import type { BackupManifest } from "../../server/upkeep/backup/backup-manifest.ts"
import { openManifest, restoreBackup } from "../../server/upkeep/backup/read-backup.ts"
import { type BackupReport, writeBackup } from "../../server/upkeep/backup/write-backup.ts"
import type { ServerSettings } from "../../settings/server-settings.ts"
import { VERSION } from "../../settings/version.ts"
import { existsSync, mkdir } from "../../system/files.ts"
import { holdFolder } from "../../system/hold-folder.ts"
import { openBlobStore } from "../stores/open-blob-store.ts"
import { openServerDatabase } from "./open-server-database.ts"

/** Where a server keeps what it has. */
export type ServerPlace = Pick<ServerSettings, "data" | "database" | "blobs">

/**
 * Makes a backup of a server, which may run meanwhile, and may be older than this program: its database is copied as it is.
 *
 * @param folder  Of backups: one may hold many, and what they have in common once.
 */
export async function backUpServer(place: ServerPlace, folder: string): Promise<BackupReport> {
  refuseNoServer(place)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const database = await openServerDatabase(place, { steps: "as it is" })
  const from = await openBlobStore(place.blobs ?? `${place.data}/blobs`)
  const to = await openBlobStore(folder)
  try {
    if ((await takenSteps(database.read)).length === 0) throw noServer(place)
    return await writeBackup({ database, blobs: from.blobs, version: VERSION }, { folder, blobs: to.blobs })
  } finally {
    await Promise.all([database.close(), from.close(), to.close()])
  }
}

/**
 * Makes a server of a backup: its data folder, or its database, has to be empty.
 *
 * @param path  The manifest of the backup, in its folder.
 */
export async function restoreServer(place: ServerPlace, path: string, folder: string): Promise<BackupManifest> {
  // Before anything is made.
  await openManifest(path)
  const held = await holdFolder(place.data, "server")
  const from = await openBlobStore(folder)
  const to = await openBlobStore(place.blobs ?? `${place.data}/blobs`)
  try {
    return await restoreBackup(path, from.blobs, {
      openDatabase: (options) => openServerDatabase(place, options),
      blobs: to.blobs,
    })
  } finally {
    await Promise.all([from.close(), to.close()])
    held.release()
  }
}

/** Opening would make an empty one, and its backup would be worth nothing. */
function refuseNoServer(place: ServerPlace): void {
  if (place.database === undefined && !existsSync(`${place.data}/server.db`)) throw noServer(place)
}

function noServer({ data, database }: ServerPlace): GeartrainError {
  // The address of a database may hold a password.
  const where = database === undefined ? `"${data}"` : "the database of these settings"
  return new GeartrainError("SERVER_DATA_NOT_FOUND", `There is no server in ${where}`, {
    details: { data },
    hint: "Name the data folder that gear serve tells of at its start: --data DIR",
  })
}
