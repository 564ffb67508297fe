import type { BlobDescriptor } from "@geartrain/ports"
import type { Digest } from "@geartrain/spec"
import { open, type Stats } from "../../../system/files.ts"
import { sha256 } from "../../../system/hash.ts"
import { removeAtOnce } from "../../../system/linux/small-folders.ts"
import { lookAtOnce, readSmallFile, touchAtOnce } from "../../../system/small-file.ts"
import { blobPath, type StoreLayout } from "../home/layout.ts"
import type { StoreHome } from "../home/store-home.ts"
import { syncBlob } from "./install-blob.ts"

/** Larger ones are rare among those that are alike, and reading them at once would let others wait. */
const MOST_BYTES = 64 * 1024
/** So many are remembered; then it begins anew. */
const MOST_KNOWN = 1000

/**
 * Small files of which the same bytes are stored already: the logs of many jobs are alike, and so are many outputs. They are compared with what
 * is stored, which takes a tenth of what storing them again does, and, once this process knows that the blob is durable, no wait for the disk.
 */
export class KnownBlobs {
  readonly #home: StoreHome
  /** By digest, which file it is whose bytes and name are durable. */
  readonly #files = new Map<Digest, string>()

  constructor(home: StoreHome) {
    this.#home = home
  }

  /** @param stats  Of the blob's file, which is as durable as it will ever be. */
  note(blob: BlobDescriptor, stats: Stats): void {
    if (blob.sizeBytes > MOST_BYTES) return
    if (this.#files.size >= MOST_KNOWN) this.#files.clear()
    this.#files.set(blob.digest, identityOf(stats))
  }

  /**
   * Takes a regular file over whose bytes are stored already; undefined where that is not so, or where there is anything to be told of it.
   * Nothing was changed then.
   */
  async adopt(
    path: string,
    options: { readonly maxBytes?: number; readonly keep?: boolean },
  ): Promise<BlobDescriptor | undefined> {
    try {
      const found = findEqual(this.#home.layout, path, options.maxBytes ?? MOST_BYTES)
      if (found === undefined) return undefined
      const { blob, stored } = found
      if (this.#files.get(blob.digest) !== identityOf(stored)) {
        await this.#makeDurable(blob.digest)
        if (!isSame(stored, lookAtOnce(blobPath(this.#home.layout, blob.digest)))) return undefined
        this.note(blob, stored)
      }
      return options.keep === true || removeAtOnce([path]) ? blob : undefined
    } catch {
      // It may not be read, or changes while we look: whoever stores it says what is wrong.
      return undefined
    }
  }

  /** Whoever stored it may not have come to that yet. */
  async #makeDurable(digest: Digest): Promise<void> {
    const file = await open(blobPath(this.#home.layout, digest), "r")
    try {
      await Promise.all([file.datasync(), syncBlob(this.#home, digest)])
    } finally {
      await file.close()
    }
  }
}

function findEqual(layout: StoreLayout, path: string, maxBytes: number) {
  const file = lookAtOnce(path)
  if (file === undefined || !file.isFile() || file.size > Math.min(maxBytes, MOST_BYTES)) return undefined
  const bytes = readSmallFile(path, file.size)
  if (bytes.length !== file.size) return undefined
  const blob = { digest: sha256(bytes), sizeBytes: bytes.length }
  const place = blobPath(layout, blob.digest)
  const stored = lookAtOnce(place)
  // Its bytes are looked at as well: where they were damaged, storing mends them.
  if (stored?.isFile() !== true || !readSmallFile(place, bytes.length).equals(bytes)) return undefined
  // Makes it new to a collection of garbage, which may have been faster: see `home/retire.ts`.
  touchAtOnce(place)
  const isUnchanged = lookAtOnce(path)?.ctimeMs === file.ctimeMs
  return isUnchanged && isSame(stored, lookAtOnce(place)) ? { blob, stored } : undefined
}

function isSame(stats: Stats, others: Stats | undefined): boolean {
  return identityOf(stats) === identityOf(others)
}

/** Numbers are given again to files that are made later. */
function identityOf(stats: Stats | undefined): string {
  return `${stats?.ino} ${stats?.birthtimeMs}`
}
