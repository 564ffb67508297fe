import type { Digest } from "@geartrain/spec"
import { GeartrainError } from "@geartrain/spec"
import { z } from "zod"

/** What one backup is: the document `backups/<time>.json`, which is written last. */
export interface BackupManifest {
  readonly format: typeof BACKUP_FORMAT
  readonly made: string
  readonly server: string
  readonly database: {
    readonly digest: Digest
    readonly sizeBytes: number
    readonly rows: number
    /** Its schema: that of the server, which may be older than the program that made the backup. */
    readonly steps: readonly string[]
  }
  readonly blobs: { readonly count: number; readonly sizeBytes: number }
}

export const BACKUP_FORMAT = "geartrain.backup/1"

const DIGEST = z.templateLiteral(["sha256:", z.string().regex(/^[0-9a-f]{64}$/)])

const MANIFEST = z.object({
  format: z.literal(BACKUP_FORMAT),
  made: z.string(),
  server: z.string(),
  database: z.object({
    digest: DIGEST,
    sizeBytes: z.number(),
    rows: z.number(),
    steps: z.array(z.string()),
  }),
  blobs: z.object({ count: z.number(), sizeBytes: z.number() }),
})

/** @throws {GeartrainError} BACKUP_DAMAGED for what is no manifest of a backup. */
export function readManifest(text: string, path: string): BackupManifest {
  try {
    return MANIFEST.parse(JSON.parse(text))
  } catch (cause) {
    throw new GeartrainError("BACKUP_DAMAGED", `Cannot read backup "${path}": it is no document of a backup`, {
      hint: "Take another backup of the same folder, if there is one",
      cause,
    })
  }
}
