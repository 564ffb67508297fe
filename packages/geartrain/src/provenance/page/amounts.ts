/**
 * A number of bytes for people, with three digits that count.
 *
 * @example
 *   formatSize(1536) // => "1.5 KiB"
 *   formatSize(999) // => "999 B"
 *   formatSize(8 * 1024 ** 3) // => "8 GiB"
 */
export function formatSize(bytes: number): string {
  let value = bytes
  let unit = 0
  // From 999.5 on it would be rounded to four digits.
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1024
    unit++
  }
  return `${unit === 0 ? value : Number(value.toPrecision(3))} ${UNITS[unit]}`
}

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]

/**
 * A duration for people.
 *
 * @example
 *   formatDuration(42) // => "42 ms"
 *   formatDuration(2310) // => "2.3 s"
 *   formatDuration(2_460_000) // => "41 min"
 *   formatDuration(9_000_000) // => "2 h 30 min"
 */
export function formatDuration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 600) return withRest({ value: seconds, per: 60, units: ["min", "s"] })
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  if (minutes < 2880) return withRest({ value: minutes, per: 60, units: ["h", "min"] })
  return withRest({ value: Math.round(minutes / 60), per: 24, units: ["d", "h"] })
}

function withRest(amount: {
  readonly value: number
  readonly per: number
  readonly units: readonly [string, string]
}): string {
  const { value, per, units } = amount
  const rest = value % per
  const whole = `${Math.floor(value / per)} ${units[0]}`
  return rest === 0 ? whole : `${whole} ${rest} ${units[1]}`
}
