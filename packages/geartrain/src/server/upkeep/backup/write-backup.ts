import type { BlobStore } from "@geartrain/ports"
import { type Digest, GeartrainError, isGeartrainError } from "@geartrain/spec"
import { writeAtomically } from "../../../system/atomic-write.ts"
import { nowIso } from "../../../system/clock.ts"
import { namedDigests } from "../../database/blob-columns.ts"
import type { Database, Snapshot } from "../../database/database.ts"
import { takenSteps } from "../../database/migrations/taken-steps.ts"
import { BACKUP_FORMAT, type BackupManifest } from "./backup-manifest.ts"
import { dumpDatabase, tablesOf } from "./dump-database.ts"

/** Where backups lie: many in one place, which share the bytes that they have in common. */
export interface BackupPlace {
  /** Folder of the manifests, one a backup. */
  readonly folder: string
  readonly blobs: BlobStore
}

export interface BackupReport {
  readonly manifest: BackupManifest
  /** File of the manifest: the name of this backup. */
  readonly path: string
  /** Of the bytes that it names, those that were not in the place before. */
  readonly copied: { readonly count: number; readonly sizeBytes: number }
}

/** So often it begins anew when something was purged meanwhile. */
const MOST_TRIES = 3

interface BackupSource {
  readonly database: Database
  readonly blobs: BlobStore
  /** Of the program. */
  readonly version: string
}

/**
 * Makes a backup of all that a server keeps, while it runs: one state of its database, and every byte that this state names. What the place
 * holds from a backup before is not copied again. It counts only when its manifest is there, which is written last.
 *
 * @throws {GeartrainError} BACKUP_INCOMPLETE when bytes that the database names are damaged or gone: all of them are named.
 */
export async function writeBackup(from: BackupSource, to: BackupPlace): Promise<BackupReport> {
  for (let tries = 1; ; tries++) {
    try {
      return await from.database.snapshot((snapshot) => writeSnapshot(snapshot, from, to))
    } catch (error) {
      if (tries === MOST_TRIES || !(await wasPurged(error, from.database))) throw error
    }
  }
}

async function writeSnapshot(snapshot: Snapshot, from: BackupSource, to: BackupPlace): Promise<BackupReport> {
  const dump = dumpDatabase(snapshot, await tablesOf(snapshot.sql))
  const database = await to.blobs.put(dump.bytes)
  const blobs = await copyBlobs(namedDigests(snapshot.sql), from.blobs, to.blobs)
  const manifest: BackupManifest = {
    format: BACKUP_FORMAT,
    made: nowIso(),
    server: from.version,
    database: { ...database, rows: dump.rows(), steps: await takenSteps(snapshot.sql) },
    blobs: blobs.all,
  }
  const path = `${to.folder}/${manifest.made.replaceAll(":", "")}.json`
  await writeAtomically(path, (file) => file.writeFile(`${JSON.stringify(manifest, undefined, 2)}\n`))
  return { manifest, path, copied: blobs.copied }
}

/** Whether what could not be copied is named by nothing any more: then the state of a moment later has a whole backup. */
async function wasPurged(error: unknown, database: Database): Promise<boolean> {
  if (!isGeartrainError(error, "BACKUP_INCOMPLETE")) return false
  const missing = new Set(error.details["missing"] as readonly string[])
  for await (const digest of namedDigests(database.read)) if (missing.has(digest)) return false
  return true
}

interface Sum {
  readonly count: number
  readonly sizeBytes: number
}

async function copyBlobs(
  digests: AsyncIterable<string>,
  from: BlobStore,
  to: BlobStore,
): Promise<{ readonly all: Sum; readonly copied: Sum }> {
  let [all, copied]: Sum[] = [NOTHING, NOTHING]
  const missing: string[] = []
  for await (const text of digests) {
    const digest = text as Digest
    const there = await to.stat(digest)
    try {
      const blob = there ?? (await to.put(from.get(digest), digest))
      all = plus(all, blob.sizeBytes)
      if (there === undefined) copied = plus(copied, blob.sizeBytes)
    } catch (error) {
      if (!isLost(error)) throw error
      missing.push(digest)
    }
  }
  if (missing.length === 0) return { all: all ?? NOTHING, copied: copied ?? NOTHING }
  throw new GeartrainError(
    "BACKUP_INCOMPLETE",
    `Cannot make a whole backup: of ${missing.length} stored files the bytes are damaged or gone, such as ${missing[0]}`,
    {
      details: { missing: missing.slice(0, 100), count: missing.length },
      hint: "See which files these are with: gear doctor --server",
    },
  )
}

const NOTHING: Sum = { count: 0, sizeBytes: 0 }

function plus(sum: Sum | undefined, sizeBytes: number): Sum {
  return { count: (sum?.count ?? 0) + 1, sizeBytes: (sum?.sizeBytes ?? 0) + sizeBytes }
}

function isLost(error: unknown): boolean {
  return error instanceof GeartrainError && (error.code === "BLOB_NOT_FOUND" || error.code === "BLOB_DIGEST_MISMATCH")
}
