import type { BlobDescriptor, BlobStore } from "@geartrain/ports"
import type { Digest } from "@geartrain/spec"
import type { Database, Queries } from "../database/database.ts"
import type { Access } from "../people/access.ts"
import type { Turns } from "./uploads/turns.ts"

/** What the archive stands on. */
export interface ArchivePorts {
  readonly database: Database
  readonly access: Access
  readonly blobs: ArchiveBlobs
  /** Absolute path of the folder of files that are on their way. Best on the disk of the blobs: then nothing is copied. */
  readonly uploadFolder: string
  /** One for all requests of a process: `makeTurns()`. */
  readonly uploadTurns: Turns
  /** Who, beside the archive itself, needs bytes of the store: asked before any are removed. */
  readonly references: readonly BlobReferences[]
}

/** A store of blobs, with what one on this machine can do beyond the port. */
export interface ArchiveBlobs extends BlobStore {
  /** Absolute path of a stored blob, to be read only. */
  locate?(digest: Digest): Promise<string | undefined>
  /** Bytes from `first` on, up to `last` and with it, without those before them. */
  getStretch?(digest: Digest, stretch: { readonly first: number; readonly last: number }): AsyncIterable<Uint8Array>
  /** Takes a file over without copying it, and leaves it where it is as another name. */
  adopt?(path: string, options: { readonly keep: true }): Promise<BlobDescriptor>
}

/** Of these digests, those that something of a room refers to. */
export type BlobReferences = (queries: Queries, digests: readonly string[]) => Promise<readonly string[]>
