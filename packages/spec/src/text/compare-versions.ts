/**
 * Orders versions as people read them: numbers by their value, and `1.0.0-rc1` and `1.0.0b2` before `1.0.0`, but `1.0.0_2.1` and `1.0.0-2` after it.
 * Versions of gears are free text, so this is a guess; whoever means one names it.
 *
 * @example
 *   ["1.10", "1.9", "1.10-rc1", "1.10_2"].toSorted(compareVersions) // => ["1.9", "1.10-rc1", "1.10", "1.10_2"]
 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)]
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const order = compareParts(left[index], right[index])
    if (order !== 0) return order
  }
  return a < b ? -1 : a > b ? 1 : 0
}

/** Numbers, and words with the signs before them. */
function partsOf(version: string): readonly string[] {
  return version.replace(/^v(?=\d)/i, "").match(/\d+|[^\d]+/g) ?? []
}

function compareParts(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0
  if (a === undefined) return -orderOfRest(b ?? "")
  if (b === undefined) return orderOfRest(a)
  const [left, right] = [numberOf(a), numberOf(b)]
  if (left !== undefined && right !== undefined) return left < right ? -1 : left > right ? 1 : 0
  const before = [orderOfRest(a), orderOfRest(b)] as const
  if (before[0] !== before[1]) return before[0] - before[1]
  return a < b ? -1 : 1
}

/** Whether a version with this at its end comes after the same without it: a letter means that it is not the whole thing yet. */
function orderOfRest(part: string): number {
  return /^[-.+_]?[a-z]/i.test(part) ? -1 : 1
}

function numberOf(part: string): bigint | undefined {
  return /^\d/.test(part) ? BigInt(part.slice(0, 100)) : undefined
}
