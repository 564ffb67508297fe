/**
 * Reads a number field of a tar header: octal digits between spaces and NULs, or, with the top bit set, a big-endian two's complement number
 * of the remaining bits (GNU's base-256).
 *
 * @returns undefined for what is neither, or is no safe integer. An empty field is 0.
 * @see POSIX.1-2017, pax, "ustar Interchange Format"; GNU tar manual, "Basic Tar Format"
 */
export function readNumber(block: Uint8Array, offset: number, length: number): number | undefined {
  const first = block[offset] as number
  if (first & 0x80) return readBase256(block, offset, length)
  let index = offset
  const end = offset + length
  while (index < end && block[index] === SPACE) index++
  let value = 0
  for (; index < end; index++) {
    const digit = (block[index] as number) - ZERO
    if (digit < 0 || digit > 7) break
    value = value * 8 + digit
  }
  // Nothing but padding may follow: "12x" is damage, not 10.
  for (; index < end; index++) if (block[index] !== SPACE && block[index] !== 0) return undefined
  return Number.isSafeInteger(value) ? value : undefined
}

const SPACE = 0x20
const ZERO = 0x30

function readBase256(block: Uint8Array, offset: number, length: number): number | undefined {
  const negative = ((block[offset] as number) & 0x40) !== 0
  const flip = negative ? 0xff : 0
  let value = (((block[offset] as number) ^ flip) & 0x3f) as number
  for (let index = 1; index < length; index++) {
    value = value * 256 + ((block[offset + index] as number) ^ flip)
    if (!Number.isSafeInteger(value)) return undefined
  }
  // In two's complement -n is the complement of n - 1.
  return negative ? -value - 1 : value
}

/** The largest number that fits into `digits` octal digits. */
export function largestOctal(digits: number): number {
  return 8 ** digits - 1
}

/** Writes a number as octal digits that fill the field but for the NUL at its end. */
export function writeOctal(
  block: Buffer,
  field: { readonly offset: number; readonly length: number },
  value: number,
): void {
  const digits = field.length - 1
  if (value < 0 || value > largestOctal(digits))
    throw new RangeError(`${value} does not fit into ${digits} octal digits`)
  block.write(value.toString(8).padStart(digits, "0"), field.offset, digits, "latin1")
}

/** Writes a number of 0 or more in GNU's base-256, which has room where octal has not. */
export function writeBase256(
  block: Buffer,
  field: { readonly offset: number; readonly length: number },
  value: number,
): void {
  let left = value
  for (let index = field.offset + field.length - 1; index > field.offset; index--) {
    block[index] = left % 256
    left = Math.floor(left / 256)
  }
  block[field.offset] = 0x80
}
