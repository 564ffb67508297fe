import { createZstdDecompress } from "node:zlib"
import type { BlobStore } from "@geartrain/ports"
import { type Digest, GeartrainError } from "@geartrain/spec"
import { through } from "../../../packing/compression/through.ts"
import { readSmallFile } from "../../../system/small-file.ts"
import { systemCode } from "../../../system/system-code.ts"
import { namedDigests } from "../../database/blob-columns.ts"
import type { Database, OpenOptions, TableRow } from "../../database/database.ts"
import { fillDatabase } from "../../database/fill-database.ts"
import { STEPS } from "../../database/migrations/all-steps.ts"
import type { Step } from "../../database/migrations/migration.ts"
import { type BackupManifest, readManifest } from "./backup-manifest.ts"
import { tablesOf } from "./dump-database.ts"
import { readLine } from "./dump-line.ts"

/** What a backup is restored into: both empty. */
export interface RestoreTarget {
  /** Opens the empty database, at the schema that the backup is of; called again, it opens it at that of today. */
  readonly openDatabase: (options: OpenOptions) => Promise<Database>
  readonly blobs: BlobStore
}

/**
 * Makes of a backup what it was made of: in a database of either kind, whichever it came from. Every byte is checked on its way.
 *
 * @param path  The manifest of the backup.
 * @throws {GeartrainError} BACKUP_DAMAGED, DATABASE_TOO_NEW for one of a newer server, DATABASE_NOT_EMPTY. The database is empty then.
 */
export async function restoreBackup(path: string, from: BlobStore, to: RestoreTarget): Promise<BackupManifest> {
  const manifest = await openManifest(path)
  const database = await to.openDatabase({ steps: stepsOf(manifest) })
  try {
    await fillDatabase(database, await tablesOf(database.read), {
      rows: () => linesOf(manifest, from),
      check: async (queries, rows) => {
        if (rows !== manifest.database.rows) throw damaged(path, `it has ${rows} rows, not ${manifest.database.rows}`)
        let count = 0
        for await (const digest of namedDigests(queries)) {
          await to.blobs.put(from.get(digest as Digest), digest as Digest)
          count++
        }
        if (count !== manifest.blobs.count) throw damaged(path, `it names ${count} blobs, not ${manifest.blobs.count}`)
      },
    })
  } finally {
    await database.close()
  }
  await (await to.openDatabase({})).close()
  return manifest
}

/**
 * Reads the document of a backup.
 *
 * @throws {GeartrainError} BACKUP_DAMAGED, also when there is none at `path`.
 */
export async function openManifest(path: string): Promise<BackupManifest> {
  const bytes = readStart(path)
  if (bytes.length > MOST_MANIFEST_BYTES) throw damaged(path, `it has more than ${MOST_MANIFEST_BYTES} bytes`)
  return readManifest(bytes.toString("utf8"), path)
}

/** A manifest names no files, and has a few hundred bytes. */
const MOST_MANIFEST_BYTES = 1024 * 1024

function readStart(path: string): Buffer {
  try {
    return readSmallFile(path, MOST_MANIFEST_BYTES)
  } catch (error) {
    throw damaged(path, `the file cannot be read: ${systemCode(error) ?? String(error)}`)
  }
}

function stepsOf(manifest: BackupManifest): Readonly<Record<string, Step>> {
  const unknown = manifest.database.steps.filter((name) => !Object.hasOwn(STEPS, name))
  if (unknown.length > 0) {
    throw new GeartrainError("DATABASE_TOO_NEW", `A newer server made this backup: it knows step "${unknown[0]}"`, {
      details: { unknown },
      hint: "Restore it with the newer Geartrain",
    })
  }
  return Object.fromEntries(Object.entries(STEPS).filter(([name]) => manifest.database.steps.includes(name)))
}

async function* linesOf(
  manifest: BackupManifest,
  blobs: BlobStore,
): AsyncGenerator<{ readonly table: string; readonly row: TableRow }> {
  const decoder = new TextDecoder()
  let rest = ""
  for await (const piece of through(createZstdDecompress(), blobs.get(manifest.database.digest))) {
    const lines = `${rest}${decoder.decode(piece, { stream: true })}`.split("\n")
    rest = lines.pop() ?? ""
    for (const line of lines) yield readLine(line)
  }
  if (rest !== "") yield readLine(rest)
}

function damaged(path: string, because: string): GeartrainError {
  return new GeartrainError("BACKUP_DAMAGED", `Cannot restore backup "${path}": ${because}`, {
    details: { because },
    hint: "Take another backup of the same folder, if there is one",
  })
}
