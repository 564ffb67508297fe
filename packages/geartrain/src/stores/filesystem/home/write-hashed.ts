import type { BlobDescriptor } from "@geartrain/ports"
import { type FileHandle, open } from "../../../system/files.ts"
import { createHasher } from "../../../system/hash.ts"
import { diskError } from "./disk-error.ts"

/** After so many bytes, the disk is told to begin with them, so that it is not idle until the last one came. */
const FLUSH_BYTES = 32 * 1024 * 1024

/**
 * Writes a new file of mode 0444, hashing on the way, and answers when its bytes are on the disk. The file is left behind when the source or
 * the disk fails; the errors of the source come through as they are.
 */
export async function writeHashed(
  path: string,
  bytes: AsyncIterable<Uint8Array>,
  doing: string,
): Promise<BlobDescriptor> {
  const file = await disk(open(path, "wx", 0o444), doing)
  let flushing: Promise<void> | undefined
  try {
    const hasher = createHasher()
    let sizeBytes = 0
    let unflushedBytes = 0
    for await (const chunk of bytes) {
      // The hash is made while the bytes are on their way; the source gets its buffer back when both are done.
      const written = disk(writeAll(file, chunk), doing)
      hasher.update(chunk)
      await written
      sizeBytes += chunk.length
      unflushedBytes += chunk.length
      if (unflushedBytes >= FLUSH_BYTES) {
        unflushedBytes = 0
        await flushing
        flushing = disk(file.datasync(), doing)
        // Awaited before the next one and at the end; until then nobody listens.
        flushing.catch(() => undefined)
      }
    }
    await flushing
    await disk(file.datasync(), doing)
    return { digest: hasher.digest(), sizeBytes }
  } finally {
    // Two flushes must not meet a closed file.
    await flushing?.catch(() => undefined)
    await file.close()
  }
}

async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  let position = 0
  while (position < chunk.length) {
    const { bytesWritten } = await file.write(chunk, position, chunk.length - position)
    position += bytesWritten
  }
}

async function disk<Result>(attempt: Promise<Result>, doing: string): Promise<Result> {
  try {
    return await attempt
  } catch (error) {
    throw diskError(error, doing)
  }
}
