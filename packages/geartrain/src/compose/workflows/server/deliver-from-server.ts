import type { KnownFile } from "@geartrain/spec/workflow"
import { deliverOutputs } from "../deliver-outputs.ts"
import { type BlobSource, withServerBlobs } from "./server-blobs.ts"

/**
 * Puts the files of a workflow's outputs into a folder, as `deliverOutputs` does, from where the server has them. Each is held against its digest
 * before it gets its name.
 *
 * @throws {GeartrainError} as `deliverOutputs`; BLOB_DIGEST_MISMATCH; SERVER_UNREACHABLE.
 */
export async function deliverFromServer(
  outputs: Readonly<Record<string, readonly KnownFile[]>>,
  source: Omit<BlobSource, "sizes">,
  to: { readonly folder: string; readonly force: boolean },
): Promise<readonly string[]> {
  const files = Object.values(outputs).flat()
  const sizes = new Map(files.map(({ digest, sizeBytes }) => [digest, sizeBytes]))
  return await withServerBlobs({ ...source, sizes }, to.folder, (blobs) => deliverOutputs(outputs, { blobs }, to))
}
