import { constants, open } from "../../system/files.ts"
import { systemCode } from "../../system/system-code.ts"

const LINE_FEED = 0x0a

/**
 * Reads whole lines of a file that may still grow.
 *
 * @param from  Where the first line begins.
 * @param mostBytes  No more than these; no line is longer.
 * @returns nothing when there is no whole line, or no file.
 */
export async function readLines(path: string, from: number, mostBytes: number): Promise<Uint8Array> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch((error: unknown) => {
    if (systemCode(error) === "ENOENT") return undefined
    throw error
  })
  if (file === undefined) return new Uint8Array()
  try {
    const size = Math.min(mostBytes, (await file.stat()).size - from)
    if (size <= 0) return new Uint8Array()
    const buffer = Buffer.allocUnsafe(size)
    const { bytesRead } = await file.read(buffer, 0, size, from)
    const read = buffer.subarray(0, bytesRead)
    return read.subarray(0, read.lastIndexOf(LINE_FEED) + 1)
  } finally {
    await file.close()
  }
}
