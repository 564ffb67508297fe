import { readSync } from "node:fs"
import type { FileHandle } from "./files.ts"

/**
 * Reads some bytes of an open file without letting anything else happen meanwhile: for the many small reads of a file that is in memory by then,
 * each of which takes less time than to ask a thread for it.
 *
 * @returns how many bytes there were: fewer than `length` at the end of the file only.
 */
export function readAtOnce(
  file: FileHandle,
  into: Buffer,
  place: { readonly position: number; readonly length: number },
): number {
  let filled = 0
  while (filled < place.length) {
    const bytesRead = readSync(file.fd, into, filled, place.length - filled, place.position + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return filled
}
