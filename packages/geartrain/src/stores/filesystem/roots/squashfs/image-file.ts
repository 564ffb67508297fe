import type { FileHandle } from "../../../../system/files.ts"
import { readAtOnce } from "../../../../system/small-file.ts"

/** A squashfs that is open, and how much of its file belongs to it. */
export interface ImageFile {
  readonly handle: FileHandle
  readonly sizeBytes: number
}

/**
 * Reads bytes of an image.
 *
 * @param into  Where to, if that is to be used again.
 * @throws {RangeError} when they lie outside of it.
 */
export function readImage(
  image: ImageFile,
  place: { readonly position: number; readonly length: number },
  into: Buffer = Buffer.allocUnsafe(place.length),
): Buffer {
  const { position, length } = place
  if (position < 0 || position + length > image.sizeBytes)
    throw new RangeError(`bytes ${position} to ${position + length} lie outside of its ${image.sizeBytes}`)
  const end = position + length
  if (readAtOnce(image.handle, into, place) < length) throw new RangeError(`it ends before byte ${end}`)
  return into.subarray(0, length)
}
