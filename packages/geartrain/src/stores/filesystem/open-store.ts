import { type FilesystemBlobStore, openBlobStore } from "./blobs/blob-store.ts"
import { type InputDigests, openInputDigests } from "./digests/input-digests.ts"
import { openStoreHome, type StoreHome } from "./home/store-home.ts"
import { type FilesystemRootStore, openRootStore, type RootStoreOptions } from "./roots/root-store.ts"

/** The bytes that are kept in one folder of this machine: see `home/layout.ts`. */
export interface StoreParts {
  readonly home: StoreHome
  readonly blobs: FilesystemBlobStore
  readonly roots: FilesystemRootStore
}

/** An open store. */
export interface FilesystemStore extends StoreParts {
  /** Where the database of records lies, or will lie. `home.prepare` makes the folder. */
  readonly recordsPath: string
  /** Folder for the folders of running jobs, each named by the job's id. `home.prepare` makes it. */
  readonly workFolder: string
  /** Folder for what this process keeps while it has the store open, on the disk of `workFolder`. Whoever writes there makes it. */
  readonly spareFolder: string
  readonly inputDigests: InputDigests
  /** May be called twice. */
  close(): Promise<void>
}

/**
 * Opens a store, whose folder is made at the first write.
 *
 * @param path  Absolute.
 * @throws {GeartrainError} STORE_TOO_NEW when a newer program has laid it out; STORE_FOREIGN when the folder holds something else.
 */
export async function openStore(path: string, options: RootStoreOptions = {}): Promise<FilesystemStore> {
  const home = await openStoreHome(path)
  return {
    home,
    blobs: openBlobStore(home),
    roots: openRootStore(home, options),
    recordsPath: home.layout.records,
    workFolder: home.layout.work,
    spareFolder: home.spares,
    inputDigests: openInputDigests(home),
    close: () => home.close(),
  }
}
