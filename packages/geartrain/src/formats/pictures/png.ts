import { PNG as PngReader } from "pngjs"
import type { FileSource } from "../file-source.ts"
import type { Format } from "../format.ts"
import { readWhole } from "../streams/read-whole.ts"
import { UnfitFile } from "../unfit-file.ts"
import { comparePictures, MOST_PIXELS, type Picture } from "./compare-pictures.ts"

/** In the header, behind width and height. */
const BIT_DEPTH_AT = 24
const MOST_BYTES = 64 * 1024 * 1024
const MARK = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

/**
 * Pictures without loss.
 *
 * @see https://www.w3.org/TR/png/
 */
export const PNG: Format = {
  name: "png",
  fits: (head) => head.length >= 33 && Buffer.compare(head.subarray(0, MARK.length), MARK) === 0,
  compare: async (a, b) => comparePictures("png", await read(a), await read(b)),
}

async function read(source: FileSource): Promise<Picture> {
  const bytes = Buffer.from(await readWhole(source.chunks(), MOST_BYTES))
  // Looked at before anything is unpacked: a small file can say that it is a million pixels wide.
  const isDeep = bytes[BIT_DEPTH_AT] === 16
  const most = isDeep ? MOST_PIXELS / 2 : MOST_PIXELS
  if (bytes.readUInt32BE(16) * bytes.readUInt32BE(20) > most) throw new UnfitFile("it has too many pixels")
  try {
    // Channels of 16 bits as they are, those of fewer bits brought to 8.
    const { width, height, data } = PngReader.sync.read(bytes, { skipRescale: isDeep })
    return { width, height, channelBits: isDeep ? 16 : 8, pixels: data }
  } catch (error) {
    throw new UnfitFile(error instanceof Error ? error.message : String(error))
  }
}
