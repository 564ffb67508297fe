import { type Digest, isDigest } from "@geartrain/spec"
import { listZip } from "../../packing/zip/list-zip.ts"
import { createReadStream } from "../../system/files.ts"
import type { PlacedBlobs } from "../stores/open-blob-store.ts"

/** Names of the members of a zip in the store; undefined for what is none, or is not there. Little of it is read. */
export async function zipMembers(blobs: PlacedBlobs, digest: string): Promise<readonly string[] | undefined> {
  if (!isDigest(digest)) return undefined
  const stats = await blobs.stat(digest)
  if (stats === undefined) return undefined
  const { sizeBytes } = stats
  const listing = await listZip({ sizeBytes, part: (start, end) => partOf(blobs, digest, { start, end }) })
  return listing.ok ? listing.members.map(({ name }) => name) : undefined
}

async function* partOf(
  blobs: PlacedBlobs,
  digest: Digest,
  { start, end }: { readonly start: number; readonly end: number },
): AsyncGenerator<Uint8Array> {
  const path = await blobs.locate?.(digest)
  if (path !== undefined) {
    yield* createReadStream(path, { start, end: end - 1 })
    return
  }
  let at = 0
  // Of a store that sends from the beginning only, what stands before is passed over.
  for await (const piece of blobs.get(digest)) {
    const from = Math.max(0, start - at)
    const piecePart = piece.subarray(from, Math.max(from, end - at))
    if (piecePart.length > 0) yield piecePart
    at += piece.length
    if (at >= end) return
  }
}
