import type { BlobDescriptor } from "@geartrain/ports"
import { type Digest, hexOf, isDigest } from "@geartrain/spec"

/**
 * The keys of a store's objects, below its prefix:
 *
 *   blobs/sha256/<hex>   whole blobs
 *   incoming/<chance>    blobs whose digest is not known yet; what is left of them a sweep removes
 */
export const BLOBS = "blobs/sha256/"
export const INCOMING = "incoming/"

export function blobKey(prefix: string, digest: Digest): string {
  return `${prefix}${BLOBS}${hexOf(digest)}`
}

/** An entry of a listing as a blob, or nothing if it is something else. */
export function listedBlob(
  prefix: string,
  entry: { readonly Key?: string | undefined; readonly Size?: number | undefined },
): BlobDescriptor | undefined {
  const start = `${prefix}${BLOBS}`
  if (entry.Key === undefined || entry.Size === undefined || !entry.Key.startsWith(start)) return undefined
  const digest = `sha256:${entry.Key.slice(start.length)}`
  return isDigest(digest) ? { digest, sizeBytes: entry.Size } : undefined
}
