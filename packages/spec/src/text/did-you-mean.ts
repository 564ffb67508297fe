/**
 * Finds the name that was probably meant by one that is not known: the nearest by edits, if it is near enough.
 *
 * Case, `-`, `_` and spaces are not counted as different, since they are what people mix up. Near enough is one edit in four characters, and
 * at least one in a name of three or more.
 *
 * @example
 *   nearestName("descriptiion", ["description", "version"]) // => "description"
 *   nearestName("colour", ["version"]) // => undefined
 */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  const wanted = fold(name)
  const most = wanted.length < 3 ? 0 : Math.max(1, Math.floor(wanted.length / 4))
  let best: string | undefined
  let bestEdits = most + 1
  for (const candidate of known) {
    const edits = editDistance(wanted, fold(candidate), bestEdits)
    if (edits >= bestEdits) continue
    best = candidate
    bestEdits = edits
  }
  return best
}

// Longer names are only ever compared whole: the cost is the product of the lengths, and outside text is of any length.
const LONGEST = 100

function fold(name: string): string {
  return name.toLowerCase().replaceAll(/[-_ ]/g, "")
}

/** Edits (insert, delete, replace, swap of neighbours) that turn `a` into `b`; any number from `limit` on may be answered as `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  if (a === b) return 0
  if (a.length > LONGEST || b.length > LONGEST || Math.abs(a.length - b.length) >= limit) return limit
  let before: number[] = []
  let above = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1]
      let edits = Math.min(at(above, column) + 1, at(current, column - 1) + 1, at(above, column - 1) + (same ? 0 : 1))
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      if (swapped) edits = Math.min(edits, at(before, column - 2) + 1)
      current.push(edits)
    }
    before = above
    above = current
  }
  return at(above, b.length)
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY
}
