const MEBIBYTE = 1024 * 1024
const GIBIBYTE = 1024 * MEBIBYTE

/** @see "Amazon S3 User Guide", Amazon S3 multipart upload limits */
export const MOST_PARTS = 10_000
const FIRST_PART_BYTES = 8 * MEBIBYTE
const PARTS_OF_ONE_SIZE = 2000

/** What one upload may hold in buffers that are on their way, besides the one that is being filled. */
const IN_FLIGHT_BYTES = 24 * MEBIBYTE

/** One request copies that much at most, and larger objects are copied in pieces. */
export const COPIED_AT_ONCE_BYTES = 5 * GIBIBYTE
const COPIED_PIECE_BYTES = GIBIBYTE

/**
 * How large the parts of an upload are. An upload has 10,000 at most, and how long it is going to be is not known when it begins: so that
 * short ones need little memory and long ones fit, the size doubles after every 2000.
 *
 * @param number  From 1 on.
 * @example
 *   partSizeBytes(2000) // => 8388608
 *   partSizeBytes(2001) // => 16777216
 */
export function partSizeBytes(number: number): number {
  return FIRST_PART_BYTES * 2 ** Math.floor((number - 1) / PARTS_OF_ONE_SIZE)
}

/** All that fits into one upload: 484 GiB. */
export function mostBytes(): number {
  let sum = 0
  for (let number = 1; number <= MOST_PARTS; number += PARTS_OF_ONE_SIZE)
    sum += PARTS_OF_ONE_SIZE * partSizeBytes(number)
  return sum
}

/**
 * How many parts of a size may be on their way at once: at least one.
 *
 * @example
 *   partsInFlight(8 * 1024 * 1024) // => 3
 */
export function partsInFlight(sizeBytes: number): number {
  return Math.max(1, Math.floor(IN_FLIGHT_BYTES / sizeBytes))
}

/**
 * The ranges in which a large object is copied, first and last byte of each, as the header has them.
 *
 * @example
 *   copyRanges(3 * 1024 ** 3)[2] // => "bytes=2147483648-3221225471"
 */
export function copyRanges(sizeBytes: number): readonly string[] {
  return Array.from({ length: Math.ceil(sizeBytes / COPIED_PIECE_BYTES) }, (_, index) => {
    const start = index * COPIED_PIECE_BYTES
    return `bytes=${start}-${Math.min(start + COPIED_PIECE_BYTES, sizeBytes) - 1}`
  })
}
