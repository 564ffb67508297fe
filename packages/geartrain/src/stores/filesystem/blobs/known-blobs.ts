import type { BlobDescriptor } from "@geartrain/ports"
import type { Digest } from "@geartrain/spec"
import type { Stats } from "../../../system/files.ts"
import { sha256 } from "../../../system/hash.ts"
import { removeAtOnce } from "../../../system/linux/small-folders.ts"
import { lookAtOnce, readSmallFile, touchAtOnce } from "../../../system/small-file.ts"
import { blobPath, type StoreLayout } from "../home/layout.ts"

/** Larger ones are rare among those that are alike, and reading them at once would let others wait. */
const MOST_BYTES = 64 * 1024
/** So many are remembered; then it begins anew. */
const MOST_KNOWN = 1000

/**
 * Small blobs that this process has stored: the logs of many jobs are alike, and so are many outputs. A file of the same bytes is then compared
 * with what is stored, which takes a tenth of what storing it again does, and no wait for the disk.
 */
export class KnownBlobs {
  /** By digest, which file it is whose bytes and name are durable. */
  readonly #files = new Map<Digest, string>()

  /** @param stats  Of the blob's file, which is as durable as it will ever be. */
  note(blob: BlobDescriptor, stats: Stats): void {
    if (blob.sizeBytes > MOST_BYTES) return
    if (this.#files.size >= MOST_KNOWN) this.#files.clear()
    this.#files.set(blob.digest, identityOf(stats))
  }

  /**
   * Takes a regular file over whose bytes are stored already, in a file that this process knows; undefined where that is not so, or where there is
   * anything to be told of it. Nothing was changed then.
   */
  adopt(layout: StoreLayout, path: string, options: { readonly maxBytes?: number; readonly keep?: boolean }) {
    if (this.#files.size === 0) return undefined
    try {
      return this.#adopt(layout, path, options)
    } catch {
      // It may not be read, or changes while we look: whoever stores it says what is wrong.
      return undefined
    }
  }

  #adopt(
    layout: StoreLayout,
    path: string,
    { maxBytes = MOST_BYTES, keep }: { readonly maxBytes?: number; readonly keep?: boolean },
  ): BlobDescriptor | undefined {
    const before = lookAtOnce(path)
    if (before === undefined || !before.isFile() || before.size > Math.min(maxBytes, MOST_BYTES)) return undefined
    const bytes = readSmallFile(path, before.size)
    const digest = sha256(bytes)
    const known = this.#files.get(digest)
    if (known === undefined || bytes.length !== before.size) return undefined
    const place = blobPath(layout, digest)
    const isKnown = (): boolean => identityOf(lookAtOnce(place)) === known
    // Its bytes are looked at as well: where they were damaged, storing mends them.
    if (!isKnown() || !readSmallFile(place, bytes.length).equals(bytes)) return undefined
    // Makes it new to a collection of garbage, which may have been faster: see `home/retire.ts`.
    touchAtOnce(place)
    const after = lookAtOnce(path)
    if (!isKnown() || after?.ctimeMs !== before.ctimeMs || after.ino !== before.ino) return undefined
    return keep === true || removeAtOnce([path]) ? { digest, sizeBytes: bytes.length } : undefined
  }
}

/** Numbers are given again to files that are made later. */
function identityOf(stats: Stats | undefined): string {
  return `${stats?.ino} ${stats?.birthtimeMs}`
}
