import type { Digest } from "@geartrain/spec"
import type { FileHandle } from "./files.ts"
import { createHasher } from "./hash.ts"

/** 1 MiB: smaller reads cost a third of the speed, larger ones gain nothing. */
const CHUNK_BYTES = 1024 * 1024

/** Hashes an open file from its beginning, and answers with the number of bytes that were read, too. */
export async function hashOpenFile(
  file: FileHandle,
  signal?: AbortSignal,
): Promise<{ readonly digest: Digest; readonly sizeBytes: number }> {
  const hasher = createHasher()
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES)
  let position = 0
  for (;;) {
    signal?.throwIfAborted()
    const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, position)
    if (bytesRead === 0) return { digest: hasher.digest(), sizeBytes: position }
    hasher.update(buffer.subarray(0, bytesRead))
    position += bytesRead
  }
}
