import type { TransformOptions } from "node:stream"
import { constants, createZstdCompress, type ZstdCompress, type ZstdOptions } from "node:zlib"

/** As many as the thread pool has threads: two frames wait while two are packed on a machine of two processors. */
const MOST_AT_ONCE = 4

export interface FrameCompressorOptions {
  readonly level: number
  /** No more than this is packed at once. */
  readonly mostBytes: number
  /** Whether a frame ends with a digest of 32 bits of what it unpacks to. */
  readonly checksum: boolean
}

/**
 * Packs bytes as zstd frames, several at once. Compressors serve again and again: to make one takes a third as long as to pack a mebibyte with it. Each
 * frame has the same bytes whichever packs it.
 */
export class FrameCompressor {
  readonly #options: FrameCompressorOptions
  readonly #idle: ZstdCompress[] = []
  readonly #waiting: ((compressor: ZstdCompress) => void)[] = []
  #made = 0

  constructor(options: FrameCompressorOptions) {
    this.#options = options
  }

  /** @param bytes  Not to be changed until this is answered. */
  async pack(bytes: Uint8Array): Promise<Buffer> {
    const compressor = await this.#take()
    try {
      const frame = await frameOf(compressor, bytes)
      this.#give(compressor)
      return frame
    } catch (error) {
      compressor.destroy()
      this.#give(this.#make())
      throw error
    }
  }

  /** Lets go of memory that is not JavaScript's. Nothing is being packed. */
  close(): void {
    for (const compressor of this.#idle.splice(0)) compressor.destroy()
    this.#made = 0
  }

  async #take(): Promise<ZstdCompress> {
    const idle = this.#idle.pop()
    if (idle !== undefined) return idle
    if (this.#made >= MOST_AT_ONCE) return new Promise((resolve) => this.#waiting.push(resolve))
    this.#made += 1
    return this.#make()
  }

  #give(compressor: ZstdCompress): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#idle.push(compressor)
    else next(compressor)
  }

  #make(): ZstdCompress {
    const { level, mostBytes, checksum } = this.#options
    // What comes out is cut off from buffers of this length.
    const outputBytes = 2 * mostBytes
    const options: ZstdOptions & Pick<TransformOptions, "readableHighWaterMark"> = {
      // All that is written at once is a frame, with its size in front.
      flush: constants.ZSTD_e_end,
      params: { [constants.ZSTD_c_compressionLevel]: level, [constants.ZSTD_c_checksumFlag]: checksum ? 1 : 0 },
      chunkSize: outputBytes,
      readableHighWaterMark: 2 * outputBytes,
    }
    return createZstdCompress(options)
  }
}

function frameOf(compressor: ZstdCompress, bytes: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    compressor.once("error", reject)
    compressor.write(bytes, (error) => {
      compressor.off("error", reject)
      if (error instanceof Error) reject(error)
      else resolve(compressor.read() as Buffer)
    })
  })
}
