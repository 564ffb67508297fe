import type { Digest } from "@geartrain/spec"
import { syncFolder } from "../../../system/atomic-write.ts"
import { mkdir, rename } from "../../../system/files.ts"
import { isMissing } from "../home/disk-error.ts"
import { blobFolder, blobPath } from "../home/layout.ts"
import type { StoreHome } from "../home/store-home.ts"

/**
 * Gives a synced file its final name, durably. A blob that is held already is replaced by its equal: that mends it if it was damaged, and
 * gives it a new time, so that a collection of garbage spares it.
 *
 * @param path  On the same filesystem as the store; its modification time is now.
 */
export async function installBlob(home: StoreHome, path: string, digest: Digest): Promise<void> {
  const folder = blobFolder(home.layout, digest)
  const place = blobPath(home.layout, digest)
  try {
    await rename(path, place)
  } catch (error) {
    if (!isMissing(error)) throw error
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await rename(path, place)
  }
  await syncBlob(home, digest)
}

/** Makes the name of a blob durable. */
export async function syncBlob(home: StoreHome, digest: Digest): Promise<void> {
  const folder = blobFolder(home.layout, digest)
  // The folder itself may be new, made by this put or by another that has not come here yet.
  await Promise.all([syncFolder(folder), home.once(`sync ${folder}`, () => syncFolder(home.layout.blobs))])
}
