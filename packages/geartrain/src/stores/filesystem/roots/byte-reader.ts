/** Bytes that come in pieces, read in amounts that the reader chooses. */
export interface ByteReader {
  /** Exactly so many bytes, or fewer when the source ends before. They are valid until the next call. */
  exactly(sizeBytes: number): Promise<Uint8Array>
  /** Some bytes, at least one and at most so many, or none when the source has ended. They are valid until the next call. */
  upTo(sizeBytes: number): Promise<Uint8Array>
  /** Tells the source that no more is wanted. */
  close(): Promise<void>
}

export function createByteReader(source: AsyncIterable<Uint8Array>): ByteReader {
  const iterator = source[Symbol.asyncIterator]()
  let rest: Uint8Array = EMPTY
  const more = async (): Promise<boolean> => {
    while (rest.length === 0) {
      const next = await iterator.next()
      if (next.done === true) return false
      rest = next.value
    }
    return true
  }
  const take = (sizeBytes: number): Uint8Array => {
    const taken = rest.subarray(0, sizeBytes)
    rest = rest.subarray(taken.length)
    return taken
  }
  return {
    exactly: async (sizeBytes) => {
      if (rest.length >= sizeBytes) return take(sizeBytes)
      const whole = Buffer.alloc(sizeBytes)
      let filled = 0
      while (filled < sizeBytes && (await more())) {
        const piece = take(sizeBytes - filled)
        whole.set(piece, filled)
        filled += piece.length
      }
      return whole.subarray(0, filled)
    },
    upTo: async (sizeBytes) => ((await more()) ? take(sizeBytes) : EMPTY),
    close: async () => {
      await iterator.return?.()
    },
  }
}

const EMPTY = new Uint8Array()
