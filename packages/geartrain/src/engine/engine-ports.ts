import type { BlobStore, CollectionGuard, JobOwner, JobStore, Provider, RecordStore, RootStore } from "@geartrain/ports"
import type { Digest } from "@geartrain/spec"

/** What the engine keeps things in. */
export interface Stores {
  readonly blobs: BlobStore & LocalBlobs
  readonly roots: RootStore
  readonly gears: RecordStore
  readonly jobs: JobStore
  readonly guard: CollectionGuard
}

/** What a blob store on this machine's own disk can do beyond its port, so that large files are not copied. */
export interface LocalBlobs {
  /** Absolute path of a stored blob, to be read only. */
  locate(digest: Digest): Promise<string | undefined>
  /**
   * Takes a file over into the store, without copying where the disk allows.
   *
   * @param options.maxBytes  The file is refused when it is longer.
   * @param options.keep  The file stays where it is, for the caller to remove; else it is gone from its place afterwards.
   */
  adopt(
    path: string,
    options?: { readonly maxBytes?: number; readonly keep?: boolean },
  ): Promise<{ readonly digest: Digest; readonly sizeBytes: number }>
}

/** Everything that a job needs from outside the engine. */
export interface EnginePorts extends Stores {
  /** Opened on first use, since most commands run no gear. */
  readonly provider: () => Promise<Provider>
  /** Folder for the work of running jobs, on the same filesystem as the blobs. */
  readonly workFolder: string
  readonly owner: JobOwner
  readonly versions: { readonly engine: string; readonly node: string }
}
