/**
 * How large an image may be. Every limit is there to stop a hostile one; an honest gear of tens of gigabytes passes all of them.
 */
export interface ImageLimits {
  /** Entries of all layers together. Default 1,000,000: the largest root filesystem that was measured had 420,000. */
  readonly maxEntries: number
  /** Bytes of all layers when unpacked, holes of sparse files included. Default 128 GiB. */
  readonly maxUnpackedBytes: number
  /**
   * Unpacked bytes for each packed one, above the first `freeBytes`. Default 100: text packs to a tenth, a disk image with free space to a
   * fiftieth; a gzip bomb to a thousandth.
   */
  readonly maxExpansion: number
  /** Bytes of holes in sparse files for each packed byte, above the first `freeBytes`. Default 10. */
  readonly maxHoleExpansion: number
  /** What may be unpacked without a look at the two ratios. Default 1 GiB. */
  readonly freeBytes: number
  /** Names above a name. Default 256. */
  readonly maxDepth: number
  /** Layers of an image. Default 500; docker stops at 127. */
  readonly maxLayers: number
}

const GIB = 2 ** 30

export const DEFAULT_LIMITS: ImageLimits = {
  maxEntries: 1_000_000,
  maxUnpackedBytes: 128 * GIB,
  maxExpansion: 100,
  maxHoleExpansion: 10,
  freeBytes: GIB,
  maxDepth: 256,
  maxLayers: 500,
}
