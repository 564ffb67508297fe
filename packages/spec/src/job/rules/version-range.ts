import { compareVersions } from "../../text/compare-versions.ts"

/** Whether a version is one of those that a range means. */
export type VersionRange = (version: string) => boolean

/**
 * Reads a range of versions: comparisons with spaces between them, which all have to hold. A version alone means just that one.
 *
 * @returns undefined for what is no range.
 * @example
 *   readVersionRange(">=1.2 <2")?.("1.10") // => true
 *   readVersionRange(">=1.2 <2")?.("2.0") // => false
 *   readVersionRange("=>1") // => undefined
 */
export function readVersionRange(range: string): VersionRange | undefined {
  const words = range.split(" ").filter((word) => word !== "")
  const parts = words.map((word) => /^(>=|<=|>|<|=|)([^<>=]+)$/.exec(word))
  if (parts.length === 0 || parts.length > MOST_COMPARISONS) return undefined
  const tests: VersionRange[] = []
  for (const part of parts) {
    const holds = HOLDS[part?.[1] ?? "none"]
    const wanted = part?.[2]
    if (holds === undefined || wanted === undefined) return undefined
    tests.push((version) => holds(compareVersions(version, wanted)))
  }
  return (version) => tests.every((test) => test(version))
}

const MOST_COMPARISONS = 10

const HOLDS: Readonly<Record<string, (order: number) => boolean>> = {
  "": (order) => order === 0,
  "=": (order) => order === 0,
  ">": (order) => order > 0,
  ">=": (order) => order >= 0,
  "<": (order) => order < 0,
  "<=": (order) => order <= 0,
}
