import { decompress } from "../../packing/compression/decompress.ts"
import type { FileSource } from "../file-source.ts"
import type { Format } from "../format.ts"
import { asUnfit } from "./packing-faults.ts"

/**
 * What was compressed, by its own format.
 *
 * @see RFC 8878
 */
export const ZSTD: Format = {
  name: "zstd",
  fits: (head) => head.length >= 9 && Buffer.from(head.subarray(0, 4)).equals(MARK),
  compare: async (a, b, { inside, budget }) => {
    const unpacked = (source: FileSource): FileSource => ({
      name: source.name.replace(/\.tzst$/i, ".tar").replace(/\.zstd?$/i, ""),
      chunks: () => budget.spend(unzstd(source)),
    })
    const content = await inside(unpacked(a), unpacked(b))
    return { ...content, format: `zstd of ${content.format}` }
  },
}

const MARK = Buffer.from([0x28, 0xb5, 0x2f, 0xfd])

async function* unzstd(source: FileSource): AsyncIterable<Uint8Array> {
  const place = { reference: source.name }
  try {
    yield* decompress(source.chunks(), place)
  } catch (error) {
    throw asUnfit(error, place)
  }
}
