import { FrameCompressor } from "../../../packing/compression/frame-compressor.ts"
import type { PackedPiece } from "../../../packing/tar/packed-piece.ts"
import { sha256 } from "../../../system/hash.ts"
import { MOST_FRAMES, MOST_PACKED_BYTES, type PackedPart } from "../format/frame-table.ts"
import { PIECE_BYTES } from "../format/member-header.ts"
import { LEAST_STORED_BYTES, storedFrame } from "../format/stored-frame.ts"

const FRAMES = { mostBytes: PIECE_BYTES, checksum: true }

/** Each of two processors has a piece, and the next. */
const MOST_AT_ONCE = 4

/** Between frames that are packed already there is often no more than a header: that is not worth a compressor's time. */
const MOST_STORED_BYTES = 2048

/** Fewer bytes that could not be compressed are tried again with what is around them: a frame of their own would be no shorter. */
const LEAST_DENSE_BYTES = 32 * 1024

/** Of frames that are not compressed: what is in a piece beyond the bytes that it unpacks to. */
const MOST_HEAD_BYTES = 4096

/** A piece that is being packed. */
interface Piece {
  /** Bytes that are to be packed, and frames that are, in their order. */
  readonly held: Buffer
  heldBytes: number
  unpackedBytes: number
  /** Plain bytes at the end of what is held, which no frame has yet. */
  plainBytes: number
  readonly frames: (Buffer | Promise<Buffer>)[]
}

/** Packs bodies as pieces of frames, several at once, and hands them on in order. So each piece has its bytes whatever the machine does. */
export class PiecePacker {
  readonly #write: (bytes: Buffer) => Promise<void>
  readonly #pending: Piece[] = []
  readonly #spare: Buffer[] = []
  /** What is handed on: two in turns, as one is written while the next is put together. */
  readonly #packed = [Buffer.allocUnsafeSlow(MOST_PACKED_BYTES), Buffer.allocUnsafeSlow(MOST_PACKED_BYTES)] as const
  #written = 0
  #piece: Piece | undefined
  #parts: PackedPart[] = []
  #compressor = new FrameCompressor({ ...FRAMES, level: 3 })

  /** @param write  Takes what was packed, one piece after the other; may answer while it writes the last that it was given. */
  constructor(write: (bytes: Buffer) => Promise<void>) {
    this.#write = write
  }

  /** @param level  Of what is not packed already. */
  begin(level: number): void {
    this.#compressor = new FrameCompressor({ ...FRAMES, level })
    this.#parts = []
  }

  /** Takes over the bytes, which are the caller's again when it answers. */
  async add(piece: PackedPiece): Promise<void> {
    if (piece.form === "plain" || (piece.form === "dense" && piece.bytes.length < LEAST_DENSE_BYTES))
      return this.addPlain(piece.bytes)
    if (piece.form === "frame") return this.#addFrame(piece.bytes, piece.unpackedBytes)
    for (let start = 0; start < piece.bytes.length; start += PIECE_BYTES) {
      const part = piece.bytes.subarray(start, start + PIECE_BYTES)
      await this.#addFrame(storedFrame(part), part.length)
    }
  }

  async addPlain(bytes: Uint8Array): Promise<void> {
    for (let start = 0; start < bytes.length; ) {
      const piece = await this.#open(1, 1)
      const room = Math.min(PIECE_BYTES - piece.unpackedBytes, piece.held.length - piece.heldBytes)
      const part = bytes.subarray(start, start + room)
      hold(piece, part)
      piece.plainBytes += part.length
      piece.unpackedBytes += part.length
      start += part.length
    }
  }

  /** Writes all that is still being packed, and answers with what was written since `begin`. */
  async end(): Promise<readonly PackedPart[]> {
    await this.#close()
    while (this.#pending.length > 0) await this.#writeOldest()
    this.#compressor.close()
    return this.#parts
  }

  async #addFrame(frame: Uint8Array, unpackedBytes: number): Promise<void> {
    const piece = await this.#open(unpackedBytes, frame.length)
    this.#packPlain(piece)
    hold(piece, frame)
    piece.frames.push(piece.held.subarray(piece.heldBytes - frame.length, piece.heldBytes))
    piece.unpackedBytes += unpackedBytes
  }

  /** The piece that is being filled, or a new one where it has no room. */
  async #open(unpackedBytes: number, heldBytes: number): Promise<Piece> {
    const filled = this.#piece
    const isFull =
      filled !== undefined &&
      (filled.unpackedBytes + unpackedBytes > PIECE_BYTES ||
        filled.heldBytes + heldBytes > filled.held.length ||
        // What is plain at its end, and this.
        filled.frames.length + 2 > MOST_FRAMES)
    if (isFull) await this.#close()
    // Buffers are used again: a new one for each piece would be as much work for the garbage collector as packing is.
    this.#piece ??= {
      held: this.#spare.pop() ?? Buffer.allocUnsafeSlow(PIECE_BYTES + MOST_HEAD_BYTES),
      heldBytes: 0,
      unpackedBytes: 0,
      plainBytes: 0,
      frames: [],
    }
    return this.#piece
  }

  async #close(): Promise<void> {
    const piece = this.#piece
    this.#piece = undefined
    if (piece === undefined) return
    this.#packPlain(piece)
    this.#pending.push(piece)
    if (this.#pending.length >= MOST_AT_ONCE) await this.#writeOldest()
  }

  #packPlain(piece: Piece): void {
    if (piece.plainBytes === 0) return
    const bytes = piece.held.subarray(piece.heldBytes - piece.plainBytes, piece.heldBytes)
    piece.plainBytes = 0
    if (piece.frames.length > 0 && bytes.length >= LEAST_STORED_BYTES && bytes.length <= MOST_STORED_BYTES) {
      piece.frames.push(storedFrame(bytes))
      return
    }
    const packed = this.#compressor.pack(bytes)
    // It is waited for below, perhaps after another has failed.
    packed.catch(() => undefined)
    piece.frames.push(packed)
  }

  async #writeOldest(): Promise<void> {
    const oldest = this.#pending.shift()
    if (oldest === undefined) return
    const frames = await Promise.all(oldest.frames)
    const packed = this.#packed[this.#written++ % 2] as Buffer
    let sizeBytes = 0
    for (const frame of frames) {
      packed.set(frame, sizeBytes)
      sizeBytes += frame.length
    }
    this.#spare.push(oldest.held)
    const bytes = packed.subarray(0, sizeBytes)
    this.#parts.push({ sizeBytes, unpackedBytes: oldest.unpackedBytes, digest: sha256(bytes) })
    await this.#write(bytes)
  }
}

function hold(piece: Piece, bytes: Uint8Array): void {
  piece.held.set(bytes, piece.heldBytes)
  piece.heldBytes += bytes.length
}
