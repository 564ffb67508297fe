import { GeartrainError } from "@geartrain/spec"

/**
 * Reads a number of bytes as people write it. Units are powers of 1024, as docker and podman read them: `4g`, `4G`, `4GB` and `4GiB` are one.
 *
 * @param what  Where the text comes from, such as `--memory`, for the message.
 * @returns whole bytes, at least 1.
 * @throws {GeartrainError} USAGE
 * @example
 *   parseSize("1.5k", "--memory") // => 1536
 *   parseSize("512MiB", "--memory") // => 536870912
 */
export function parseSize(text: string, what: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(?:([kmgtp])(?:i?b)?|b)?$/i.exec(text.trim())
  const bytes = match === null ? 0 : Math.round(Number(match[1]) * unit(match[2]))
  if (Number.isSafeInteger(bytes) && bytes > 0) return bytes
  throw unreadable(text, what, "a size is a number and a unit, such as 512m, 4g or 1.5t")
}

function unit(letter: string | undefined): number {
  return letter === undefined ? 1 : 1024 ** (1 + "kmgtp".indexOf(letter.toLowerCase()))
}

/**
 * Reads a duration: numbers with units, largest first, or a plain number of seconds.
 *
 * @returns whole milliseconds, at least 1.
 * @throws {GeartrainError} USAGE
 * @example
 *   parseDuration("2h30m", "--timeout") // => 9000000
 *   parseDuration("90", "--timeout") // => 90000
 */
export function parseDuration(text: string, what: string): number {
  const trimmed = text.trim().toLowerCase()
  const ms = /^\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) * 1000 : sumOfParts(trimmed)
  const whole = Math.round(ms)
  if (Number.isSafeInteger(whole) && whole > 0) return whole
  throw unreadable(text, what, "a duration is written as 90s, 45m, 2h30m or 1d")
}

const NUMBER = String.raw`(\d+(?:\.\d+)?)`
const DURATION = new RegExp(`^(?:${NUMBER}d)?(?:${NUMBER}h)?(?:${NUMBER}m)?(?:${NUMBER}s)?(?:${NUMBER}ms)?$`)
const PART_MS = [86_400_000, 3_600_000, 60_000, 1000, 1]

function sumOfParts(text: string): number {
  const parts = DURATION.exec(text)?.slice(1) ?? []
  return parts.reduce((sum, part, index) => sum + Number(part ?? 0) * (PART_MS[index] ?? 0), 0)
}

/**
 * Reads a number above 0, whole if need be.
 *
 * @throws {GeartrainError} USAGE
 * @example
 *   parseCount("0.5", "--cpus", { whole: false }) // => 0.5
 */
export function parseCount(text: string, what: string, options: { readonly whole: boolean }): number {
  const pattern = options.whole ? /^\d+$/ : /^\d+(\.\d+)?$/
  const count = pattern.test(text.trim()) ? Number(text) : 0
  if (Number.isFinite(count) && count > 0 && count <= Number.MAX_SAFE_INTEGER) return count
  throw unreadable(
    text,
    what,
    options.whole ? "it has to be a whole number, 1 or more" : "it has to be a number above 0",
  )
}

function unreadable(text: string, what: string, is: string): GeartrainError {
  return new GeartrainError("USAGE", `Cannot read ${what} "${text}": ${is}`, { details: { what, text } })
}
