import type { BlobDescriptor } from "@geartrain/ports"
import type { Digest } from "@geartrain/spec"
import type { ArchivePorts } from "../archive-ports.ts"
import { holdBlobs } from "./hold-blobs.ts"

/**
 * Stores bytes before anything refers to them, such as a job's results before it is finished. They stay for a day at least.
 *
 * @param expected  The digest that they are said to have.
 * @throws {GeartrainError} BLOB_DIGEST_MISMATCH, STORE_FULL
 */
export async function putBlob(
  ports: Pick<ArchivePorts, "database" | "blobs">,
  bytes: AsyncIterable<Uint8Array>,
  expected: Digest,
): Promise<BlobDescriptor> {
  // Said first: whoever empties the trash waits for this, or sees it.
  await ports.database.write((write) => holdBlobs(write.sql, [{ digest: expected, sizeBytes: 0 }]))
  const stored = await ports.blobs.put(bytes, expected)
  await ports.database.write((write) => holdBlobs(write.sql, [stored]))
  return stored
}
