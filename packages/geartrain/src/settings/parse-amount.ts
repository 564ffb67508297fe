import { GeartrainError } from "@geartrain/spec"
import { readDuration, readSize } from "@geartrain/spec/additions"

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
  const bytes = readSize(text)
  if (bytes !== undefined) return bytes
  throw unreadable(text, what, "a size is a number and a unit, such as 512m, 4g or 1.5t")
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
  const ms = readDuration(text)
  if (ms !== undefined) return ms
  throw unreadable(text, what, "a duration is written as 90s, 45m, 2h30m or 1d")
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
