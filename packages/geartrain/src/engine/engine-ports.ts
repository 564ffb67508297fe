import type { BlobStore, CollectionGuard, JobOwner, JobStore, Provider, RecordStore, RootStore } from "@geartrain/ports"
import type { Digest } from "@geartrain/spec"
import type { FileHandle } from "../system/files.ts"
import type { Clearing } from "./life/clearing.ts"

/** What the engine keeps things in. */
export interface Stores {
  readonly blobs: BlobStore & LocalBlobs
  readonly roots: RootStore
  readonly gears: RecordStore
  readonly jobs: JobStore
  readonly guard: CollectionGuard
}

/** Tells of bytes, by their digest, whether the store needs no copy of them: it has them, and a collection that comes now spares them. */
export type IsHeld = (digest: Digest) => Promise<boolean>

/** What a blob store on this machine's own disk can do beyond its port, so that large files are not copied. */
export interface LocalBlobs {
  /** Absolute path of a stored blob, to be read only. */
  locate(digest: Digest): Promise<string | undefined>
  /** Makes a stored blob new to a collection of garbage, which then spares it as long as the caller has a lease. False: it is not stored. */
  hold(digest: Digest): Promise<boolean>
  /**
   * Takes a file over into the store, without copying where the disk allows.
   *
   * @param options.maxBytes  The file is refused when it is longer.
   * @param options.keep  The file stays where it is, for the caller to remove; else it is gone from its place afterwards.
   * @param options.isHeld  Asked when the digest is known: a file of which it is true stays where it is, and is not stored.
   */
  adopt(
    path: string,
    options?: { readonly maxBytes?: number; readonly keep?: boolean; readonly isHeld?: IsHeld },
  ): Promise<{ readonly digest: Digest; readonly sizeBytes: number }>
}

/** Digests of large files that were read before and have not changed since. */
export interface InputDigests {
  /** The digest of an open file: read, or recalled. The caller looks whether the file changes meanwhile. */
  digestOf(
    file: FileHandle,
    signal?: AbortSignal,
  ): Promise<{ readonly digest: Digest; readonly sizeBytes: number; readonly isRecalled: boolean }>
}

/** Everything that a job needs from outside the engine. */
export interface EnginePorts extends Stores {
  /** Opened on first use, since most commands run no gear. */
  readonly provider: () => Promise<Provider>
  /** What ended jobs leave on the disk goes by this. */
  readonly clearing: Clearing
  /** Folder for the work of running jobs, on the same filesystem as the blobs. */
  readonly workFolder: string
  /** Folder for what a provider keeps for later boxes; see `Box.spares`. Absent: nothing is kept. */
  readonly spareFolder?: string
  /** Absent: every input is read in every job. It is never asked for a job that repeats another. */
  readonly inputDigests?: InputDigests
  readonly owner: JobOwner
  readonly versions: { readonly engine: string; readonly node: string }
}
