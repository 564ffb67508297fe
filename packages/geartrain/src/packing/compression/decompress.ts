import { createGunzip, createZstdDecompress, zstdDecompressSync } from "node:zlib"
import { GeartrainError } from "@geartrain/spec"
import { systemCode } from "../../system/system-code.ts"
import { HINTS } from "../place/image-hints.ts"
import { type ImagePlace, imageError } from "../place/image-place.ts"
import { through } from "./through.ts"
import { ZstdFrameSplitter } from "./zstd-frames.ts"

export type Compression = "none" | "gzip" | "zstd"

/** Magic numbers of what people pack with and this program does not read; value: the command that unpacks it. */
const OTHERS: readonly (readonly [Buffer, string])[] = [
  [Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a]), "xz --decompress"],
  [Buffer.from("BZh"), "bzip2 --decompress"],
  [Buffer.from([0x04, 0x22, 0x4d, 0x18]), "lz4 --decompress"],
  [Buffer.from("PK\x03\x04"), "unzip"],
]

/**
 * Tells from its first bytes how a stream is compressed; its name tells nothing.
 *
 * @param start  At least six bytes, or all that there are.
 * @throws {GeartrainError} IMAGE_FORMAT_UNKNOWN for a compression that is known and not read.
 */
export function compressionOf(start: Buffer, place: ImagePlace): Compression {
  if (start[0] === 0x1f && start[1] === 0x8b) return "gzip"
  const magic = start.length < 4 ? 0 : start.readUInt32LE(0)
  if (magic === 0xfd2fb528 || (magic & 0xfffffff0) >>> 0 === 0x184d2a50) return "zstd"
  for (const [bytes, command] of OTHERS) {
    if (start.subarray(0, bytes.length).equals(bytes)) {
      const hint = `Unpack it with ${command} first, or pack it with gzip or zstd`
      throw imageError("IMAGE_FORMAT_UNKNOWN", place, { problem: "it is compressed in a way that is not read", hint })
    }
  }
  return "none"
}

/**
 * Unpacks a stream that is gzip, zstd or neither. The source is read to its end, also when the compressed data end before.
 *
 * @throws {GeartrainError} IMAGE_TRUNCATED, IMAGE_DAMAGED; IMAGE_FORMAT_UNKNOWN
 */
export async function* decompress(source: AsyncIterable<Uint8Array>, place: ImagePlace): AsyncGenerator<Buffer, void> {
  const iterator = source[Symbol.asyncIterator]()
  try {
    const first = await takeStart(iterator)
    const rest = prepend(first, iterator)
    const compression = compressionOf(first, place)
    if (compression === "none") return yield* rest
    try {
      if (compression === "gzip") yield* through(createGunzip({ chunkSize: CHUNK_BYTES }), rest)
      else yield* unzstd(rest)
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next());
    } catch (error) {
      throw readableError(error, place)
    }
  } finally {
    await iterator.return?.()
  }
}

const CHUNK_BYTES = 256 * 1024
/** As many as the longest magic number that is looked for. */
export const START_BYTES = 6

async function takeStart(iterator: AsyncIterator<Uint8Array>): Promise<Buffer> {
  let start: Buffer = Buffer.alloc(0)
  while (start.length < START_BYTES) {
    const next = await iterator.next()
    if (next.done === true) break
    start = start.length === 0 ? asBuffer(next.value) : Buffer.concat([start, next.value])
  }
  return start
}

async function* prepend(first: Buffer, iterator: AsyncIterator<Uint8Array>): AsyncGenerator<Buffer, void> {
  if (first.length > 0) yield first
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield asBuffer(next.value)
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}

/** Small frames are unpacked at once, since a layer of podman's may have one for each of its files; a stream for each would take minutes. */
const SMALL_FRAME_BYTES = 1024 * 1024
const SMALL_FRAME_UNPACKED_BYTES = 16 * 1024 * 1024

async function* unzstd(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  const frames = new FrameReader(source)
  for (let start = await frames.startFrame(); start !== undefined; start = await frames.startFrame()) {
    const unpacked = start.isWhole ? unzstdSmall(start.bytes) : undefined
    if (unpacked !== undefined) yield unpacked
    else yield* through(createZstdDecompress({ chunkSize: CHUNK_BYTES }), frames.wholeFrame(start.bytes))
  }
}

function unzstdSmall(frame: Buffer): Buffer | undefined {
  try {
    return zstdDecompressSync(frame, { maxOutputLength: SMALL_FRAME_UNPACKED_BYTES })
  } catch (error) {
    // A small frame may unpack to very much: then it goes the way of the large ones, a piece at a time.
    if (systemCode(error) === "ERR_BUFFER_TOO_LARGE") return undefined
    throw error
  }
}

/** Hands out one frame after the other. */
class FrameReader {
  readonly #source: AsyncIterator<Buffer>
  readonly #splitter = new ZstdFrameSplitter()
  #pieces: { readonly bytes: Buffer; readonly isLast: boolean }[] = []
  #atEnd = false

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  /** The next frame, whole if it is small. Undefined at the end. */
  async startFrame(): Promise<{ readonly bytes: Buffer; readonly isWhole: boolean } | undefined> {
    const bytes: Buffer[] = []
    let length = 0
    while (length <= SMALL_FRAME_BYTES) {
      const piece = await this.#next()
      if (piece === undefined) {
        if (length > 0) throw new EndsTooEarly()
        return undefined
      }
      bytes.push(piece.bytes)
      length += piece.bytes.length
      if (piece.isLast) {
        this.#atEnd = true
        return { bytes: Buffer.concat(bytes), isWhole: true }
      }
    }
    this.#atEnd = false
    return { bytes: Buffer.concat(bytes), isWhole: false }
  }

  /** A frame of which the beginning was read already. */
  async *wholeFrame(start: Buffer): AsyncGenerator<Buffer, void> {
    yield start
    while (!this.#atEnd) {
      const piece = await this.#next()
      if (piece === undefined) throw new EndsTooEarly()
      this.#atEnd = piece.isLast
      yield piece.bytes
    }
  }

  async #next(): Promise<{ readonly bytes: Buffer; readonly isLast: boolean } | undefined> {
    while (this.#pieces.length === 0) {
      const next = await this.#source.next()
      if (next.done === true) {
        if (!this.#splitter.isBetweenFrames) throw new EndsTooEarly()
        return undefined
      }
      const pieces = this.#splitter.split(next.value)
      if (pieces === undefined) throw new RangeError("there is no frame where one should be")
      this.#pieces = pieces.toReversed()
    }
    return this.#pieces.pop()
  }
}

class EndsTooEarly extends Error {}

/** Errors of the source come through as they are; those of the decompressor get a name. */
function readableError(error: unknown, place: ImagePlace): unknown {
  if (error instanceof GeartrainError || !(error instanceof Error)) return error
  const code = systemCode(error)
  if (error instanceof EndsTooEarly || code === "Z_BUF_ERROR") {
    const hint = HINTS.copyAgain
    return imageError("IMAGE_TRUNCATED", place, { problem: "the compressed data end too early", hint, cause: error })
  }
  if (code === "ZSTD_error_frameParameter_windowTooLarge") {
    const hint = "Unpack it with zstd --decompress --long=31 first"
    const problem = "its compression needs more than 128 MiB of memory"
    return imageError("IMAGE_FORMAT_UNKNOWN", place, { problem, hint, cause: error })
  }
  const isOfDecompressor = error instanceof RangeError || code?.startsWith("Z_") || code?.startsWith("ZSTD_")
  if (!isOfDecompressor) return error
  const problem = `the compressed data are damaged: ${error.message}`
  return imageError("IMAGE_DAMAGED", place, { problem, hint: HINTS.copyAgain, cause: error })
}
