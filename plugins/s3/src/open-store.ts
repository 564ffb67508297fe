import type { BlobDescriptor, BlobStore } from "@geartrain/ports"
import type { Digest } from "@geartrain/spec"
import { openBucket } from "./bucket.ts"
import { askBucket, listBlobs, removeBlob, statBlob } from "./look.ts"
import { putBlob } from "./put-blob.ts"
import { readBlob, readBytes, type Stretch } from "./read-blob.ts"
import { checkSettings, type S3StoreSettings } from "./settings.ts"
import { type SweepOptions, type Swept, sweep } from "./sweep.ts"

export type { Stretch } from "./read-blob.ts"
export type { SweepOptions, Swept } from "./sweep.ts"

/** Blobs as objects of a bucket. */
export interface S3BlobStore extends BlobStore {
  readonly capabilities: { readonly list: true; readonly remove: true }
  list(): AsyncIterable<BlobDescriptor>
  remove(digest: Digest): Promise<void>
  /**
   * Reads some of a blob's bytes without those before them. They cannot be checked: only a whole blob has a digest.
   *
   * @throws {GeartrainError} BLOB_NOT_FOUND, before the first chunk.
   */
  getStretch(digest: Digest, stretch: Stretch): AsyncIterable<Uint8Array>
  /**
   * Finds out whether the bucket is there and may be read, so that a server can say so before it takes anything.
   *
   * @throws {GeartrainError} STORE_REFUSED, STORE_UNAVAILABLE.
   */
  ask(): Promise<void>
  /** Removes what is left of uploads that nobody went on with. */
  sweep(options: SweepOptions): Promise<Swept>
  /** Closes idle connections. May be called twice. */
  close(): Promise<void>
}

/**
 * Opens the blobs in a bucket. Sends nothing before it is used.
 *
 * Requests that fail for the moment are tried again with longer and longer pauses. What cannot be mended so is told as STORE_UNAVAILABLE (no
 * answer, or one that asks to come later), STORE_REFUSED (credentials, rights, clock, bucket, region) or STORE_FULL (quota).
 *
 * @throws {GeartrainError} SETTINGS_INVALID.
 */
export function openS3Store(settings: S3StoreSettings): S3BlobStore {
  const bucket = openBucket(checkSettings(settings))
  return {
    capabilities: { list: true, remove: true },
    put: (bytes, expected) => putBlob(bucket, bytes, expected),
    get: (digest) => readBlob(bucket, digest),
    getStretch: (digest, stretch) => readBytes(bucket, digest, stretch),
    stat: (digest) => statBlob(bucket, digest),
    list: () => listBlobs(bucket),
    remove: (digest) => removeBlob(bucket, digest),
    ask: () => askBucket(bucket, "open the store"),
    sweep: (options) => sweep(bucket, options),
    close: async () => bucket.client.destroy(),
  }
}
