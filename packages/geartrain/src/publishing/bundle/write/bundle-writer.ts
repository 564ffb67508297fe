import type { Digest } from "@geartrain/spec"
import type { FileHandle } from "../../../system/files.ts"
import { createHasher } from "../../../system/hash.ts"
import { writeAt } from "../../../system/write-at.ts"
import { encodeTable, type PackedFrame, type PackedMember } from "../format/frame-table.ts"
import { END_FRAME, FRAME_BYTES, hasBlockHeader, headerFrame, paddedBytes } from "../format/member-header.ts"
import { FramePacker } from "./frame-packer.ts"

/** A member that was written. */
export interface WrittenMember {
  readonly sizeBytes: number
  readonly digest: Digest
}

/** Writes the members of a bundle into an open file, one after the other, and the table at its end. Holds some 10 MiB at most. */
export class BundleWriter {
  readonly #file: FileHandle
  readonly #members: PackedMember[] = []
  readonly #signal: AbortSignal | undefined
  readonly #packer = new FramePacker((bytes) => this.#append(bytes))
  #position = 0

  constructor(file: FileHandle, signal?: AbortSignal) {
    this.#file = file
    this.#signal = signal
  }

  /**
   * @param source  Each chunk is copied before the next is asked for.
   * @param sizeBytes  Needed for a path that does not fit into one block of tar; else it may be unknown until all bytes came.
   * @throws {RangeError} when there are more or fewer bytes than were announced
   */
  async member(path: string, source: AsyncIterable<Uint8Array>, sizeBytes?: number): Promise<WrittenMember> {
    if (sizeBytes === undefined && !hasBlockHeader(path)) throw new RangeError(`The size of "${path}" has to be known`)
    const headerAt = this.#position
    this.#position += headerFrame(path, sizeBytes ?? 0).length
    const { frames, ...written } = await this.#writeBody(source)
    if (sizeBytes !== undefined && written.sizeBytes !== sizeBytes)
      throw new RangeError(`"${path}" has ${written.sizeBytes} bytes, and ${sizeBytes} were announced`)
    await writeAt(this.#file, headerFrame(path, written.sizeBytes), headerAt)
    this.#members.push({ path, sizeBytes: written.sizeBytes, frames })
    return written
  }

  async end(): Promise<void> {
    await this.#append(END_FRAME)
    await this.#append(encodeTable(this.#members))
  }

  async #writeBody(source: AsyncIterable<Uint8Array>): Promise<WrittenMember & { readonly frames: PackedFrame[] }> {
    const hasher = createHasher()
    const frames: PackedFrame[] = []
    let sizeBytes = 0
    let piece = this.#packer.take()
    let filled = 0
    for await (const chunk of source) {
      this.#signal?.throwIfAborted()
      hasher.update(chunk)
      sizeBytes += chunk.length
      for (let start = 0; start < chunk.length; ) {
        const part = chunk.subarray(start, start + FRAME_BYTES - filled)
        piece.set(part, filled)
        filled += part.length
        start += part.length
        if (filled < FRAME_BYTES) break
        await this.#packer.add(piece, FRAME_BYTES, frames)
        piece = this.#packer.take()
        filled = 0
      }
    }
    const padding = paddedBytes(sizeBytes) - sizeBytes
    // A frame's length is a whole number of blocks, so the padding has room in the last one.
    piece.fill(0, filled, filled + padding)
    await this.#packer.add(piece, filled + padding, frames)
    await this.#packer.flush(frames)
    return { sizeBytes, digest: hasher.digest(), frames }
  }

  async #append(bytes: Buffer): Promise<void> {
    await writeAt(this.#file, bytes, this.#position)
    this.#position += bytes.length
  }
}
