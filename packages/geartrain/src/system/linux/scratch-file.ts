import { closeSync, openSync, readSync, unlinkSync, writeSync } from "node:fs"
import { join } from "node:path"
import { randomHex } from "../random.ts"

/** Room on the disk for what would be too much in memory. Read and written at once: it mostly stays in the kernel's cache. */
export interface ScratchFile {
  /** @param position  In bytes. */
  write(bytes: Uint8Array, position: number): void
  /** Fills all of `into`. @throws {RangeError} where so much was never written */
  read(into: Uint8Array, position: number): void
  /** What is asked for afterwards throws. May be called twice. */
  close(): void
}

/** Makes a file in a folder that is there. It has no name, so it is gone once it is closed, or the process has ended in whatever way. */
export function openScratchFile(folder: string): ScratchFile {
  const path = join(folder, `scratch-${randomHex(8)}`)
  const file = openSync(path, "wx+", 0o600)
  unlinkSync(path)
  let isOpen = true
  // The number of a closed file may be that of another by then.
  const checkOpen = (): void => {
    if (!isOpen) throw new TypeError("This scratch file is closed")
  }
  return {
    write: (bytes, position) => {
      checkOpen()
      for (let done = 0; done < bytes.length; ) {
        done += writeSync(file, bytes, done, bytes.length - done, position + done)
      }
    },
    read: (into, position) => {
      checkOpen()
      for (let done = 0; done < into.length; ) {
        const bytesRead = readSync(file, into, done, into.length - done, position + done)
        if (bytesRead === 0) throw new RangeError(`Nothing was written at ${position + done}`)
        done += bytesRead
      }
    },
    close: () => {
      if (isOpen) closeSync(file)
      isOpen = false
    },
  }
}
