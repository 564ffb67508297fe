import { type FileHandle, open } from "../../system/files.ts"
import type { StoredBytes } from "./stored-layer.ts"

/**
 * Puts a stream aside into a new file, for what has to be read twice and can be had only once.
 *
 * @param path  Must not exist.
 * @param options.count  Told the size of each piece; what it throws, when that is too much, ends the copying.
 */
export async function spool(
  source: AsyncIterable<Uint8Array>,
  path: string,
  options: { readonly count: (sizeBytes: number) => void; readonly signal?: AbortSignal },
): Promise<StoredBytes> {
  const file = await open(path, "wx", 0o600)
  let sizeBytes = 0
  try {
    for await (const chunk of source) {
      options.signal?.throwIfAborted()
      options.count(chunk.length)
      await writeWhole(file, chunk)
      sizeBytes += chunk.length
    }
  } finally {
    await file.close()
  }
  return { path, start: 0, sizeBytes }
}

/** One write may take a part only. */
export async function writeWhole(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let start = 0; start < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, start)
    start += bytesWritten
  }
}
