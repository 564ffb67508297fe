import { open } from "../../system/files.ts"
import { SKIPPED } from "./tar-input.ts"
import { type TarReaderOptions, type TarVisitor, tarReader } from "./tar-reader.ts"

/** Where a tar archive lies. */
export interface TarPlace {
  readonly path: string
  readonly start: number
  readonly sizeBytes: number
}

export interface WalkTarOptions extends TarReaderOptions {
  /** Asked after each window; reading ends when it answers true. */
  readonly isEnough?: () => boolean
}

/** Headers stand close together where files are small; where they are large, most of a window is read for nothing. */
const WINDOW_BYTES = 32 * 1024

/**
 * Reads the headers of an archive that is not compressed, and jumps over the bodies that the visitor does not want: an image of gigabytes is
 * looked through in milliseconds.
 */
export async function walkTarFile(place: TarPlace, visitor: TarVisitor, options: WalkTarOptions): Promise<void> {
  const file = await open(place.path, "r")
  try {
    const window = Buffer.allocUnsafe(WINDOW_BYTES)
    const end = place.start + place.sizeBytes
    let position = place.start
    const reader = tarReader(visitor, options)
    let step = reader.next()
    while (step.done !== true && options.isEnough?.() !== true) {
      const wish = step.value
      if (typeof wish === "number" && position + wish <= end) {
        position += wish
        step = reader.next(SKIPPED)
      } else if (wish === "again") {
        step = reader.next(SKIPPED)
      } else {
        const length = Math.min(WINDOW_BYTES, end - position)
        const { bytesRead } = length === 0 ? { bytesRead: 0 } : await file.read(window, 0, length, position)
        position += bytesRead
        step = reader.next(bytesRead === 0 ? undefined : window.subarray(0, bytesRead))
      }
    }
  } finally {
    await file.close()
  }
}
