import type { BlobStore } from "@geartrain/ports"
import type { JobRecord } from "@geartrain/spec"
import type { MetadataResult } from "@geartrain/spec/archive"

/**
 * Reads what a job wrote to `.metadata.json`.
 *
 * @returns undefined where it wrote none, or its bytes are no longer stored.
 */
export async function readMetadata(
  record: Pick<JobRecord, "outputs">,
  stores: { readonly blobs: Pick<BlobStore, "get"> },
): Promise<MetadataResult | undefined> {
  const output = record.outputs.find((file) => file.path === ".metadata.json")
  if (output === undefined) return undefined
  const { LARGEST_METADATA_BYTES, oversizeMetadata, parseMetadata } = await import("@geartrain/spec/archive")
  if (output.sizeBytes > LARGEST_METADATA_BYTES) return oversizeMetadata(output.sizeBytes)
  const chunks: Uint8Array[] = []
  for await (const chunk of stores.blobs.get(output.digest)) chunks.push(chunk)
  return parseMetadata(Buffer.concat(chunks))
}
