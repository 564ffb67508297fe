import { pipeline, Readable } from "node:stream"
import { createGunzip } from "node:zlib"
import { systemCode } from "../../system/system-code.ts"
import { UnfitFile } from "../unfit-file.ts"

export function isGzip(head: Uint8Array): boolean {
  return head.length >= 18 && head[0] === 0x1f && head[1] === 0x8b && head[2] === 8
}

/**
 * Unpacks what one or more members of gzip hold, one after the other: BGZF, too.
 *
 * @throws {UnfitFile} when it is damaged or cut short.
 */
export async function* gunzip(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const unzip = createGunzip({ chunkSize: 256 * 1024 })
  // Errors come out of the reading below; the callback only keeps them from being thrown twice.
  const stream = pipeline(Readable.from(chunks, { objectMode: true }), unzip, () => undefined)
  try {
    yield* stream as AsyncIterable<Uint8Array>
  } catch (error) {
    const code = systemCode(error) ?? ""
    if (!code.startsWith("Z_")) throw error
    throw new UnfitFile(code === "Z_BUF_ERROR" ? "it is cut short" : "it is damaged")
  } finally {
    unzip.destroy()
  }
}
