import { PNG as PngReader } from "pngjs"
import type { FileSource } from "../file-source.ts"
import type { Format } from "../format.ts"
import { readWhole } from "../streams/read-whole.ts"
import { UnfitFile } from "../unfit-file.ts"
import { comparePictures, MOST_PIXELS, type Picture } from "./compare-pictures.ts"

const MOST_BYTES = 64 * 1024 * 1024
const MARK = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

/**
 * Pictures without loss. Channels of 16 bits are compared by their upper 8.
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
  if (bytes.readUInt32BE(16) * bytes.readUInt32BE(20) > MOST_PIXELS) throw new UnfitFile("it has too many pixels")
  try {
    const { width, height, data } = PngReader.sync.read(bytes)
    return { width, height, pixels: data }
  } catch (error) {
    throw new UnfitFile(error instanceof Error ? error.message : String(error))
  }
}
