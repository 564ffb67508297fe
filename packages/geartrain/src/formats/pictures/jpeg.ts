import { decode } from "jpeg-js"
import type { FileSource } from "../file-source.ts"
import type { Format } from "../format.ts"
import { readWhole } from "../streams/read-whole.ts"
import { UnfitFile } from "../unfit-file.ts"
import { comparePictures, MOST_PIXELS, type Picture } from "./compare-pictures.ts"

const MOST_BYTES = 64 * 1024 * 1024
const MOST_MEMORY_MIB = 256

/** Photographs, by the pixels that one decoder makes of both. */
export const JPEG: Format = {
  name: "jpeg",
  fits: (head) => head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff,
  compare: async (a, b) => comparePictures("jpeg", await read(a), await read(b)),
}

async function read(source: FileSource): Promise<Picture> {
  const bytes = await readWhole(source.chunks(), MOST_BYTES)
  try {
    const limits = { maxResolutionInMP: MOST_PIXELS / 1e6, maxMemoryUsageInMB: MOST_MEMORY_MIB }
    const { width, height, data } = decode(bytes, { ...limits, useTArray: true, formatAsRGBA: true })
    return { width, height, channelBits: 8, pixels: data }
  } catch (error) {
    throw new UnfitFile(error instanceof Error ? error.message : String(error))
  }
}
