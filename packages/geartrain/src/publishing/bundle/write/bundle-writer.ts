import type { Digest } from "@geartrain/spec"
import type { PackedPiece } from "../../../packing/tar/packed-piece.ts"
import type { FileHandle } from "../../../system/files.ts"
import { createHasher } from "../../../system/hash.ts"
import { encodeTable, type PackedMember } from "../format/frame-table.ts"
import { END_FRAME, hasBlockHeader, headerFrame, paddedBytes } from "../format/member-header.ts"
import { PiecePacker } from "./piece-packer.ts"
import { SteadyFile } from "./steady-file.ts"

/** What of a body is compressed on the way. Level 3 would take a sixth more time, for 2 % less. */
const LEVEL = 2
/** What lies between frames that are packed already is for the most part short, and has to be ready as soon as they are. */
const LEVEL_BETWEEN = 1

/** Writes the members of a bundle into an open file, one after the other, and the table at its end. Holds some 30 MiB at most, half of it for compressing. */
export class BundleWriter {
  readonly #file: SteadyFile
  readonly #members: PackedMember[] = []
  readonly #signal: AbortSignal | undefined
  readonly #packer: PiecePacker

  constructor(file: FileHandle, signal?: AbortSignal) {
    this.#file = new SteadyFile(file)
    this.#packer = new PiecePacker((bytes) => this.#file.append(bytes))
    this.#signal = signal
  }

  /**
   * @param source  Each chunk is copied before the next is asked for.
   * @param sizeBytes  Needed for a path that does not fit into one block of tar; else it may be unknown until all bytes came.
   * @throws {RangeError} when there are more or fewer bytes than were announced
   */
  async member(
    path: string,
    source: AsyncIterable<Uint8Array>,
    sizeBytes?: number,
  ): Promise<{ readonly sizeBytes: number; readonly digest: Digest }> {
    const hasher = createHasher()
    const write = async (): Promise<number> => {
      let written = 0
      for await (const chunk of source) {
        this.#signal?.throwIfAborted()
        hasher.update(chunk)
        written += chunk.length
        await this.#packer.addPlain(chunk)
      }
      return written
    }
    const written = await this.#member(path, { sizeBytes, level: LEVEL, write })
    return { sizeBytes: written, digest: hasher.digest() }
  }

  /** The same for a body that is packed already, here and there: nothing is unpacked, so nobody can tell its digest. */
  async packedMember(path: string, source: AsyncIterable<PackedPiece>): Promise<{ readonly sizeBytes: number }> {
    const write = async (): Promise<number> => {
      let written = 0
      for await (const piece of source) {
        this.#signal?.throwIfAborted()
        written += piece.form === "frame" ? piece.unpackedBytes : piece.bytes.length
        await this.#packer.add(piece)
      }
      return written
    }
    return { sizeBytes: await this.#member(path, { sizeBytes: undefined, level: LEVEL_BETWEEN, write }) }
  }

  async end(): Promise<void> {
    await this.#file.append(END_FRAME)
    await this.#file.append(encodeTable(this.#members))
    await this.#file.end()
  }

  /** Waits for what is under way, so that the file can be closed; whether it failed matters to nobody any more. */
  async abandon(): Promise<void> {
    await this.#file.end().catch(() => undefined)
  }

  async #member(
    path: string,
    body: { readonly sizeBytes: number | undefined; readonly level: number; readonly write: () => Promise<number> },
  ): Promise<number> {
    const announced = body.sizeBytes
    if (announced === undefined && !hasBlockHeader(path)) throw new RangeError(`The size of "${path}" has to be known`)
    const headerAt = this.#file.skip(headerFrame(path, announced ?? 0).length)
    this.#packer.begin(body.level)
    const sizeBytes = await body.write()
    if (announced !== undefined && sizeBytes !== announced)
      throw new RangeError(`"${path}" has ${sizeBytes} bytes, and ${announced} were announced`)
    // A piece's length is a whole number of blocks, so the padding has room in the last one.
    await this.#packer.addPlain(Buffer.alloc(paddedBytes(sizeBytes) - sizeBytes))
    const pieces = await this.#packer.end()
    await this.#file.fill(headerFrame(path, sizeBytes), headerAt)
    this.#members.push({ path, sizeBytes, pieces })
    return sizeBytes
  }
}
