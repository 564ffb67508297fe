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

/**
 * Reads a file of text line by line, with no more of it in memory than one.
 *
 * @param bound.tooLong  What to throw for a line that has more bytes than `longestBytes`.
 * @returns each line with the newline that ends it; the last has none where the file does not end with one.
 */
export async function* readLines(
  path: string,
  bound: { readonly longestBytes: number; readonly tooLong: () => Error },
): AsyncGenerator<string, void> {
  let pieces: Buffer[] = []
  let held = 0
  for await (const chunk of readChunks(path)) {
    let start = 0
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, start)) {
      if (held + end - start > bound.longestBytes) throw bound.tooLong()
      const line = chunk.subarray(start, end + 1)
      yield (pieces.length === 0 ? line : Buffer.concat([...pieces, line])).toString("utf8")
      pieces = []
      held = 0
      start = end + 1
    }
    if (start === chunk.length) continue
    pieces.push(chunk.subarray(start))
    held += chunk.length - start
    if (held > bound.longestBytes) throw bound.tooLong()
  }
  if (held > 0) yield Buffer.concat(pieces).toString("utf8")
}
