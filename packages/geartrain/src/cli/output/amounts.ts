export { formatDuration, formatSize } from "../../provenance/page/amounts.ts"

/**
 * A running time as a clock shows it, for a line that is written over.
 *
 * @example
 *   formatClock(41_000) // => "00:41"
 *   formatClock(3_725_000) // => "1:02:05"
 */
export function formatClock(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60].map((part) => String(part).padStart(2, "0"))
  const hours = Math.floor(seconds / 3600)
  return hours === 0 ? parts.join(":") : `${hours}:${parts.join(":")}`
}

/**
 * A time of a record for people, in the zone of whoever reads it.
 *
 * @param iso  ISO 8601, UTC.
 * @returns `2024-05-01 13:45:10`, or the text itself when it is no time.
 */
export function formatTime(iso: string): string {
  const time = new Date(iso)
  if (Number.isNaN(time.getTime())) return iso
  const two = (value: number): string => String(value).padStart(2, "0")
  const date = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join("-")
  return `${date} ${[time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(":")}`
}

/**
 * A count with its noun.
 *
 * @example
 *   formatCount(1, "output") // => "1 output"
 *   formatCount(0, "entry", "entries") // => "0 entries"
 */
export function formatCount(count: number, noun: string, plural: string = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`
}
