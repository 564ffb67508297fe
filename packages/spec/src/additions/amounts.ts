/**
 * Reads a number of bytes as people write it. Units are powers of 1024: `4g`, `4G`, `4GB` and `4GiB` are one.
 *
 * @returns whole bytes, at least 1; undefined for a text that is no size.
 * @example
 *   readSize("1.5k") // => 1536
 *   readSize("much") // => undefined
 */
export function readSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(?:([kmgtp])(?:i?b)?|b)?$/i.exec(text.trim())
  const bytes = match === null ? 0 : Math.round(Number(match[1]) * unit(match[2]))
  return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : undefined
}

function unit(letter: string | undefined): number {
  return letter === undefined ? 1 : 1024 ** (1 + "kmgtp".indexOf(letter.toLowerCase()))
}

/**
 * Reads a duration: numbers with units, largest first, or a plain number of seconds.
 *
 * @returns whole milliseconds, at least 1; undefined for a text that is no duration.
 * @example
 *   readDuration("2h30m") // => 9000000
 */
export function readDuration(text: string): number | undefined {
  const trimmed = text.trim().toLowerCase()
  const whole = Math.round(/^\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) * 1000 : sumOfParts(trimmed))
  return Number.isSafeInteger(whole) && whole > 0 ? whole : undefined
}

const NUMBER = String.raw`(\d+(?:\.\d+)?)`
const DURATION = new RegExp(`^(?:${NUMBER}d)?(?:${NUMBER}h)?(?:${NUMBER}m)?(?:${NUMBER}s)?(?:${NUMBER}ms)?$`)
const PART_MS = [86_400_000, 3_600_000, 60_000, 1000, 1]

function sumOfParts(text: string): number {
  const parts = DURATION.exec(text)?.slice(1) ?? []
  return parts.reduce((sum, part, index) => sum + Number(part ?? 0) * (PART_MS[index] ?? 0), 0)
}
