import { pipeline } from "node:stream/promises"
import { createZstdCompress, createZstdDecompress } from "node:zlib"
import { createReadStream, createWriteStream, open } from "../../../system/files.ts"

/** Headers are gathered up to this size, for each write has a price. */
const GATHER_BYTES = 256 * 1024

/** Writes what is left of a tar when the bodies of its files are taken out, compressed: 37 000 entries take about 1 MB. */
export interface SkeletonWriter {
  write(bytes: Uint8Array): Promise<void>
  /** Answers when everything is on the disk. */
  close(): Promise<void>
  abort(): Promise<void>
}

export function createSkeleton(path: string): SkeletonWriter {
  const zstd = createZstdCompress()
  const piped = pipeline(zstd, createWriteStream(path, { flags: "wx", mode: 0o444 }))
  // Awaited in `close` and `abort`; until then a failure has nobody to go to.
  piped.catch(() => undefined)
  let gathered: Uint8Array[] = []
  let gatheredBytes = 0
  const flush = async (): Promise<void> => {
    const bytes = Buffer.concat(gathered)
    gathered = []
    gatheredBytes = 0
    await new Promise<void>((resolve, reject) => {
      zstd.write(bytes, (error) => (error === null || error === undefined ? resolve() : reject(error)))
    })
  }
  return {
    write: async (bytes) => {
      gathered.push(Uint8Array.from(bytes))
      gatheredBytes += bytes.length
      if (gatheredBytes >= GATHER_BYTES) await flush()
    },
    close: async () => {
      if (gatheredBytes > 0) await flush()
      zstd.end()
      await piped
      const file = await open(path, "r")
      try {
        await file.sync()
      } finally {
        await file.close()
      }
    },
    abort: async () => {
      zstd.destroy()
      // It was broken off: that is why it fails.
      await piped.catch(() => undefined)
    },
  }
}

export function readSkeleton(path: string): AsyncIterable<Uint8Array> {
  const zstd = createZstdDecompress()
  // Errors come out of the stream that is read.
  pipeline(createReadStream(path), zstd).catch(() => undefined)
  return zstd
}
