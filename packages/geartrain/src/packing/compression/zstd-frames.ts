const FRAME_MAGIC = 0xfd2fb528
const MAGIC_BYTES = Buffer.from([0x28, 0xb5, 0x2f, 0xfd])
/** The low four bits are free. */
const SKIPPABLE_MAGIC = 0x184d2a50

/** A piece of a frame, and whether it is its last. */
export interface FramePiece {
  readonly bytes: Buffer
  readonly isLast: boolean
}

type Part = "magic" | "descriptor" | "frame-header" | "block-header" | "block" | "checksum" | "skip-length" | "skip"

/**
 * Cuts a zstd stream into its frames, without unpacking anything: Node's decompressor stops at the end of the first frame, while `pzstd`, the
 * `zstd:chunked` layers of podman and plain `cat` make many.
 *
 * @see RFC 8878, section 3.1
 */
export class ZstdFrameSplitter {
  #part: Part = "magic"
  /** Bytes of this part that are still to come. */
  #left = 4
  /** The bytes of a small part, which may come in pieces. */
  #held = Buffer.alloc(0)
  #hasChecksum = false
  #isLastBlock = false

  /** Whether the bytes so far end where a frame ends. */
  get isBetweenFrames(): boolean {
    return this.#part === "magic" && this.#left === 4
  }

  /** @returns undefined when the bytes are no zstd. Skippable frames are left out. */
  split(chunk: Buffer): readonly FramePiece[] | undefined {
    const pieces: FramePiece[] = []
    let position = 0
    let start = 0
    while (position < chunk.length) {
      const end = Math.min(position + this.#left, chunk.length)
      if (isHeld(this.#part)) this.#held = Buffer.concat([this.#held, chunk.subarray(position, end)])
      this.#left -= end - position
      position = end
      if (this.#left > 0) break
      const wasInFrame = isInFrame(this.#part)
      if (!this.#endPart()) return undefined
      if (isInFrame(this.#part) === wasInFrame) continue
      // Whether the four bytes of a magic number belong to a frame is known only after them, which may be in another chunk.
      if (wasInFrame) pieces.push({ bytes: chunk.subarray(start, position), isLast: true })
      else pieces.push({ bytes: MAGIC_BYTES, isLast: false })
      start = position
    }
    if (isInFrame(this.#part) && start < position)
      pieces.push({ bytes: chunk.subarray(start, position), isLast: false })
    return pieces
  }

  #endPart(): boolean {
    const held = this.#held
    if (isHeld(this.#part)) this.#held = Buffer.alloc(0)
    switch (this.#part) {
      case "magic": {
        const magic = held.readUInt32LE(0)
        if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC) return this.#begin("skip-length", 4)
        return magic === FRAME_MAGIC && this.#begin("descriptor", 1)
      }
      case "descriptor":
        return this.#readDescriptor(held[0] as number)
      case "frame-header":
        return this.#begin("block-header", 3)
      case "block-header":
        return this.#readBlockHeader(held.readUIntLE(0, 3))
      case "block":
        return this.#endBlock()
      case "skip-length": {
        const length = held.readUInt32LE(0)
        return length === 0 ? this.#begin("magic", 4) : this.#begin("skip", length)
      }
      case "skip":
      case "checksum":
        return this.#begin("magic", 4)
    }
  }

  #begin(part: Part, length: number): true {
    this.#part = part
    this.#left = length
    return true
  }

  #readDescriptor(descriptor: number): boolean {
    const isSingleSegment = (descriptor & 0x20) !== 0
    this.#hasChecksum = (descriptor & 0x04) !== 0
    const windowBytes = isSingleSegment ? 0 : 1
    const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] as number
    const sizeFlag = descriptor >>> 6
    const sizeBytes = sizeFlag === 0 ? (isSingleSegment ? 1 : 0) : 2 ** sizeFlag
    const length = windowBytes + dictionaryBytes + sizeBytes
    return this.#begin("frame-header", length)
  }

  #readBlockHeader(header: number): boolean {
    this.#isLastBlock = (header & 1) !== 0
    const type = (header >>> 1) & 3
    if (type === 3) return false
    // A block that repeats one byte stores it once.
    const length = type === 1 ? 1 : header >>> 3
    return length === 0 ? this.#endBlock() : this.#begin("block", length)
  }

  #endBlock(): true {
    if (!this.#isLastBlock) return this.#begin("block-header", 3)
    return this.#hasChecksum ? this.#begin("checksum", 4) : this.#begin("magic", 4)
  }
}

function isInFrame(part: Part): boolean {
  return part !== "magic" && part !== "skip-length" && part !== "skip"
}

/** Headers have at most 14 bytes and may come in pieces; blocks and skipped bytes are not looked at. */
function isHeld(part: Part): boolean {
  return part !== "block" && part !== "skip"
}
