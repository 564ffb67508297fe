import type { Digest } from "@geartrain/spec"

/** Name and size of stored bytes. */
export interface BlobDescriptor {
  readonly digest: Digest
  readonly sizeBytes: number
}

/**
 * Keeps immutable bytes under the digest of those bytes.
 *
 * A blob is either whole or absent: no reader sees part of one, and a writer that fails leaves
 * nothing behind. All methods may be called at once, for the same digest too.
 * What each method promises is written as laws in `laws/blob-store.ts`.
 */
export interface BlobStore {
  readonly capabilities: { readonly list: boolean; readonly remove: boolean }
  /**
   * Stores the bytes, and answers once they are durable. Storing bytes that are held already succeeds and changes nothing, but a collection
   * of garbage that runs later takes them for new.
   *
   * @throws {GeartrainError} BLOB_DIGEST_MISMATCH when `expected` is given and differs; nothing is stored.
   */
  put(bytes: AsyncIterable<Uint8Array>, expected?: Digest): Promise<BlobDescriptor>
  /** @throws {GeartrainError} BLOB_NOT_FOUND, before the first chunk; BLOB_DIGEST_MISMATCH at the end, when the bytes are damaged. */
  get(digest: Digest): AsyncIterable<Uint8Array>
  stat(digest: Digest): Promise<BlobDescriptor | undefined>
  /** Offered when `capabilities.list`. In no order; blobs that come or go meanwhile may be in it or not. */
  list?(): AsyncIterable<BlobDescriptor>
  /** Offered when `capabilities.remove`. Removing what is not there succeeds. */
  remove?(digest: Digest): Promise<void>
}
