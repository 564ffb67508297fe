import { type Digest, hexOf, isDigest } from "@geartrain/spec"

/** Absolute paths of everything in a store's folder. */
export interface StoreLayout {
  readonly home: string
  readonly version: string
  readonly blobs: string
  readonly roots: string
  readonly temporary: string
  readonly trash: string
  readonly work: string
  readonly records: string
  readonly inputDigests: string
}

/** Another way of laying files out is another number; a program refuses the numbers that it does not know. */
export const LAYOUT_VERSION = 1

/**
 * Says where things lie in a store's folder.
 *
 *   <home>/                          for its owner alone, mode 0700
 *     VERSION                        number of this layout
 *     blobs/sha256/ab/ab12…          one blob, under its 64 digits; mode 0444
 *     roots/<64 digits>/             one root filesystem, under its tree digest: see `roots/root-folder.ts`
 *     tmp/<process>/                 what a process has not finished; nothing in it is worth keeping when the process is dead
 *     tmp/<process>/spares/          what a provider keeps from one job to the next: see the port's `Box.spares`
 *     trash/<process>.<number>/      `blobs/` and `roots/` that a collection of garbage set aside and is about to delete
 *     work/<job id>/                 folders of running jobs
 *     records.db, -wal, -shm         gears, references and jobs
 *     badges/<64 digits>/            signed badges of one gear, under its gear id: see the catalogue's `badges/badge-folder.ts`
 *     input-digests                  digests of large inputs that were read before: see `digests/input-digests.ts`. May be removed
 *
 * Everything gets its final name by a rename of what is whole and synced, so there is nothing to repair after a crash.
 */
export function storeLayout(home: string): StoreLayout {
  return {
    home,
    version: `${home}/VERSION`,
    blobs: `${home}/blobs/sha256`,
    roots: `${home}/roots`,
    temporary: `${home}/tmp`,
    trash: `${home}/trash`,
    work: `${home}/work`,
    records: `${home}/records.db`,
    inputDigests: `${home}/input-digests`,
  }
}

/** Folders of blobs by the first two digits, so that none gets too long for the disk. */
export function blobFolder(layout: StoreLayout, digest: Digest): string {
  return `${layout.blobs}/${checked(digest).slice(0, 2)}`
}

export function blobPath(layout: StoreLayout, digest: Digest): string {
  return `${blobFolder(layout, digest)}/${checked(digest)}`
}

export function rootPath(layout: StoreLayout, tree: Digest): string {
  return `${layout.roots}/${checked(tree)}`
}

/** A digest becomes a path here: whatever else it may have gone through, it is no path of somebody's making. */
function checked(digest: Digest): string {
  if (!isDigest(digest)) throw new RangeError(`Not a digest: ${JSON.stringify(digest)}`)
  return hexOf(digest)
}
