import type { FileHandle } from "./files.ts"

/** Writes all bytes at a place of a file: one write of the system's may take a part only. */
export async function writeAt(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let start = 0; start < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, start, bytes.length - start, position + start)
    start += bytesWritten
  }
}
