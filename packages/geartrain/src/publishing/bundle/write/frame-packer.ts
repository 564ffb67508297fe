import { promisify } from "node:util"
import { constants, zstdCompress } from "node:zlib"
import { sha256 } from "../../../system/hash.ts"
import type { PackedFrame } from "../format/frame-table.ts"
import { FRAME_BYTES } from "../format/member-header.ts"

const compress = promisify(zstdCompress)

const OPTIONS = {
  params: {
    [constants.ZSTD_c_compressionLevel]: 3,
    [constants.ZSTD_c_checksumFlag]: 1,
  },
  // Most frames come in one or two pieces; larger ones would be allocated for nothing.
  chunkSize: 256 * 1024,
}

/** As many as the thread pool has threads: two frames wait while two are packed on a machine of two processors. */
const MOST_AT_ONCE = 4

/** A frame that is being packed, and the buffer that it is packed from. */
interface Packing {
  readonly piece: Buffer
  readonly packed: Promise<Buffer>
}

/** Packs bodies as frames, several at once, and hands them on in order. So each frame has its bytes whatever the machine does. */
export class FramePacker {
  readonly #write: (bytes: Buffer) => Promise<void>
  readonly #pending: Packing[] = []
  readonly #spare: Buffer[] = []

  /** @param write  Takes what was packed, one frame after the other. */
  constructor(write: (bytes: Buffer) => Promise<void>) {
    this.#write = write
  }

  /** A buffer for the next piece. Buffers are used again: a new one for each would be as much work for the garbage collector as packing is. */
  take(): Buffer {
    return this.#spare.pop() ?? Buffer.allocUnsafeSlow(FRAME_BYTES)
  }

  /**
   * @param piece  From `take`: it belongs to the packer again from now on.
   * @param sizeBytes  How much of it counts; of nothing no frame is made.
   */
  async add(piece: Buffer, sizeBytes: number, frames: PackedFrame[]): Promise<void> {
    if (sizeBytes === 0) {
      this.#spare.push(piece)
      return
    }
    const packed = compress(piece.subarray(0, sizeBytes), OPTIONS)
    // It is waited for below, perhaps after another has failed.
    packed.catch(() => undefined)
    this.#pending.push({ piece, packed })
    if (this.#pending.length >= MOST_AT_ONCE) await this.#writeOldest(frames)
  }

  /** Writes all that is still being packed. */
  async flush(frames: PackedFrame[]): Promise<void> {
    while (this.#pending.length > 0) await this.#writeOldest(frames)
  }

  async #writeOldest(frames: PackedFrame[]): Promise<void> {
    const oldest = this.#pending.shift()
    if (oldest === undefined) return
    const packed = await oldest.packed
    this.#spare.push(oldest.piece)
    frames.push({ sizeBytes: packed.length, digest: sha256(packed) })
    await this.#write(packed)
  }
}
