import { closeSync, constants, lstatSync, openSync, readSync, type Stats, utimesSync } from "node:fs"
import { nowMs } from "./clock.ts"
import type { FileHandle } from "./files.ts"
import { systemCode } from "./system-code.ts"

/**
 * Reads a file at once, without following a link. For tens of thousands of small files this takes a tenth of what promises take; the loop
 * of events stands still meanwhile, so it is not for large files.
 *
 * @param sizeBytes  What the file should have. At most one byte more is read, which shows that it has grown.
 */
export function readSmallFile(path: string, sizeBytes: number): Buffer {
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const buffer = Buffer.allocUnsafe(sizeBytes + 1)
    let filled = 0
    while (filled < buffer.length) {
      const bytesRead = readSync(file, buffer, filled, buffer.length - filled, filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return buffer.subarray(0, filled)
  } finally {
    closeSync(file)
  }
}

/** Looks at a file or folder at once, for the same reason. Answers `undefined` where there is none. */
export function lookAtOnce(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false })
  } catch (error) {
    // What should be a folder above it is a file.
    if (systemCode(error) === "ENOTDIR") return undefined
    throw error
  }
}

/** Sets the times of a file to now, at once. */
export function touchAtOnce(path: string): void {
  const nowS = nowMs() / 1000
  utimesSync(path, nowS, nowS)
}

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
