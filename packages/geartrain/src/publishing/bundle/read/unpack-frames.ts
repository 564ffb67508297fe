import { promisify } from "node:util"
import { constants, zstdDecompress } from "node:zlib"
import { frameContentSize } from "../../../packing/compression/frame-content-size.ts"
import { ZstdFrameSplitter } from "../../../packing/compression/zstd-frames.ts"
import { MOST_FRAMES } from "../format/frame-table.ts"

const decompress = promisify(zstdDecompress)

/** Of what a frame may refer back to: what every reader of zstd has to have room for. @see RFC 8878, section 3.1.1.1.2 */
const WINDOW_LOG = 23

/**
 * Unpacks a piece: zstd frames, one after the other, and not a byte else.
 *
 * @param unpackedBytes  What they have to unpack to. No more is ever held.
 * @returns undefined when they unpack to another number of bytes, or are no such frames
 * @throws What zlib throws for a frame that cannot be unpacked
 */
export async function unpackFrames(packed: Buffer, unpackedBytes: number): Promise<readonly Buffer[] | undefined> {
  const frames = splitFrames(packed)
  if (frames === undefined) return undefined
  const sizes = frames.map((frame) => frameContentSize(frame) ?? -1)
  // As all frames are that we write.
  if (sizes.every((size) => size >= 0)) return unpackAtOnce(frames, sizes, unpackedBytes)
  const unpacked: Buffer[] = []
  let left = unpackedBytes
  for (const frame of frames) {
    const bytes = await unpackFrame(frame, left)
    left -= bytes.length
    unpacked.push(bytes)
  }
  return left === 0 ? unpacked : undefined
}

async function unpackAtOnce(
  frames: readonly Buffer[],
  sizes: readonly number[],
  unpackedBytes: number,
): Promise<readonly Buffer[] | undefined> {
  if (sizes.reduce((sum, size) => sum + size, 0) !== unpackedBytes) return undefined
  const unpacked = await Promise.all(frames.map((frame, index) => unpackFrame(frame, sizes[index] ?? 0)))
  return unpacked.every((bytes, index) => bytes.length === sizes[index]) ? unpacked : undefined
}

function unpackFrame(frame: Buffer, mostBytes: number): Promise<Buffer> {
  // A frame of nothing has its place, but no length to ask for.
  const most = Math.max(mostBytes, 1)
  return decompress(frame, {
    maxOutputLength: most,
    chunkSize: Math.max(most, LEAST_CHUNK_BYTES),
    params: { [constants.ZSTD_d_windowLogMax]: WINDOW_LOG },
  })
}

/** zlib takes no smaller ones. */
const LEAST_CHUNK_BYTES = 64

/** @returns undefined for what is not frames only, and few of them. */
function splitFrames(packed: Buffer): readonly Buffer[] | undefined {
  const splitter = new ZstdFrameSplitter()
  const parts = splitter.split(packed)
  if (parts === undefined || !splitter.isBetweenFrames) return undefined
  const frames: Buffer[] = []
  let start = 0
  let end = 0
  for (const { bytes, isLast } of parts) {
    end += bytes.length
    if (!isLast) continue
    frames.push(packed.subarray(start, end))
    if (frames.length > MOST_FRAMES) return undefined
    start = end
  }
  // Frames that unpackers skip are left out by the splitter: then the lengths do not come to those of all.
  return end === packed.length ? frames : undefined
}
