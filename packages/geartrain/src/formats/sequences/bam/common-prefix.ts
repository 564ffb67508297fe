/**
 * How many bytes are the same from the beginning of both on.
 *
 * @example
 *   commonPrefix(Buffer.from("abcd"), Buffer.from("abxd")) // => 2
 */
export function commonPrefix(a: Buffer, b: Buffer): number {
  const length = Math.min(a.length, b.length)
  let start = 0
  let end = 0
  // In steps that grow, so that both a difference at once and none at all are found fast.
  for (let step = 64; start < length; step = Math.min(step * 4, LARGEST_STEP)) {
    end = Math.min(start + step, length)
    if (a.compare(b, start, end, start, end) !== 0) break
    start = end
  }
  while (end - start > SMALLEST_STEP) {
    const middle = start + ((end - start) >> 1)
    if (a.compare(b, start, middle, start, middle) === 0) start = middle
    else end = middle
  }
  while (start < length && a[start] === b[start]) start += 1
  return start
}

const SMALLEST_STEP = 64
const LARGEST_STEP = 256 * 1024
