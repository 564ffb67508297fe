import { promisify } from "node:util"
import { constants, zstdCompress } from "node:zlib"
import { sha256 } from "../../system/hash.ts"
import { MOST_FRAME_BYTES, type PackedFrame } from "../format/frame-table.ts"

const compress = promisify(zstdCompress)

const OPTIONS = {
  params: {
    [constants.ZSTD_c_compressionLevel]: 3,
    [constants.ZSTD_c_checksumFlag]: 1,
  },
  // The whole frame in one go: each further piece would be another way through the thread pool.
  chunkSize: MOST_FRAME_BYTES,
}

/** As many as the thread pool has threads: two frames wait while two are packed on a machine of two processors. */
const MOST_AT_ONCE = 4

/** Packs bodies as frames, several at once, and hands them on in order. So each frame has its bytes whatever the machine does. */
export class FramePacker {
  readonly #write: (bytes: Buffer) => Promise<void>
  readonly #pending: Promise<Buffer>[] = []

  /** @param write  Takes what was packed, one frame after the other. */
  constructor(write: (bytes: Buffer) => Promise<void>) {
    this.#write = write
  }

  /** @param piece  Belongs to the packer from now on. */
  async add(piece: Buffer, frames: PackedFrame[]): Promise<void> {
    const packing = compress(piece, OPTIONS)
    // It is waited for below, perhaps after another has failed.
    packing.catch(() => undefined)
    this.#pending.push(packing)
    if (this.#pending.length >= MOST_AT_ONCE) await this.#writeOldest(frames)
  }

  /** Writes all that is still being packed. */
  async flush(frames: PackedFrame[]): Promise<void> {
    while (this.#pending.length > 0) await this.#writeOldest(frames)
  }

  async #writeOldest(frames: PackedFrame[]): Promise<void> {
    const packed = await this.#pending.shift()
    if (packed === undefined) return
    frames.push({ sizeBytes: packed.length, digest: sha256(packed) })
    await this.#write(packed)
  }
}
