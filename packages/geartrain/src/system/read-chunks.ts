import { open } from "node:fs/promises"

export interface ReadChunksOptions {
  /** First byte; default 0. */
  readonly start?: number
  /** Byte after the last; default the end of the file. */
  readonly end?: number
  /** Default 1 MiB: smaller reads cost a third of the speed, larger ones gain nothing. */
  readonly chunkBytes?: number
  /**
   * `reused`: two buffers in turns, so a chunk is valid only until the next is asked for, and nothing is left to the garbage collector;
   * `fresh`: each chunk has its own. Default `fresh`.
   */
  readonly buffers?: "reused" | "fresh"
  readonly signal?: AbortSignal
}

/** Reads a file, or a part of it, a chunk ahead of the reader: while one is worked on the next comes from the disk. */
export async function* readChunks(path: string, options: ReadChunksOptions = {}): AsyncGenerator<Buffer, void> {
  const { chunkBytes = 1024 * 1024, end = Number.POSITIVE_INFINITY, buffers = "fresh", signal } = options
  const file = await open(path, "r")
  let position = options.start ?? 0
  const spare = buffers === "reused" ? [Buffer.allocUnsafeSlow(chunkBytes), Buffer.allocUnsafeSlow(chunkBytes)] : []
  const readNext = (): Promise<Buffer> => {
    const length = Math.min(chunkBytes, end - position)
    if (length <= 0) return Promise.resolve(NOTHING)
    const buffer = spare.shift() ?? Buffer.allocUnsafeSlow(length)
    return file.read(buffer, 0, length, position).then(({ bytesRead }) => {
      position += bytesRead
      if (buffers === "reused") spare.push(buffer)
      return buffer.subarray(0, bytesRead)
    })
  }
  let pending = readNext()
  try {
    for (;;) {
      const chunk = await pending
      if (chunk.length === 0) return
      signal?.throwIfAborted()
      pending = readNext()
      yield chunk
    }
  } finally {
    // A read that is under way has to end before the file may be closed; whether it failed matters to nobody any more.
    await pending.catch(() => undefined)
    await file.close()
  }
}

const NOTHING = Buffer.alloc(0)
