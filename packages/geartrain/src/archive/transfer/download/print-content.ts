import type { GearClient } from "@geartrain/sdk/client"
import { createHasher } from "../../../system/hash.ts"
import { standardOutput } from "../../../system/user-files.ts"
import { readContent, type WantedFile, wrongBytes } from "./read-content.ts"

/**
 * Writes a file to standard output.
 *
 * @throws {GeartrainError} BLOB_DIGEST_MISMATCH, at the end: what was written cannot be taken back.
 */
export async function printContent(client: GearClient, file: WantedFile, signal: AbortSignal): Promise<void> {
  const output = standardOutput()
  const hasher = createHasher()
  for await (const chunk of readContent(client, file, { signal })) {
    hasher.update(chunk)
    await output.write(chunk)
  }
  if (hasher.digest() !== file.digest) throw wrongBytes(file)
}
