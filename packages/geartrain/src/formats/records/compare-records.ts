import type { Findings } from "../file-comparison.ts"

/** What is known of two lists of records after reading both once. */
export interface RecordCounts {
  readonly a: number
  readonly b: number
  /** Records at a place where the other has another record. */
  readonly elsewhere: number
  /** Records that the other does not have at all. */
  readonly onlyA: number
  readonly onlyB: number
  /** So many differed that they were no longer told apart from those that merely moved. */
  readonly gaveUp: boolean
}

/** So many records that wait for their like take some 100 MB. */
const MOST_WAITING = 400_000

/** How records are told to people. */
interface Telling {
  readonly findings: Findings
  /** How a place is called, from its number, counted from 1. */
  readonly nameOf: (number: number) => string
  /** How a record is shown, where it is no text. */
  readonly show?: (record: string) => string
}

/**
 * Compares two lists of records, each read once and in step: a record that the other list has at another place is told apart from one that it
 * does not have.
 */
export async function compareRecords(
  a: AsyncIterable<string>,
  b: AsyncIterable<string>,
  telling: Telling,
): Promise<RecordCounts> {
  const waiting = new Map<string, Waiting>()
  const count = { a: 0, b: 0, elsewhere: 0 }
  let gaveUp = false
  const left = a[Symbol.asyncIterator]()
  const right = b[Symbol.asyncIterator]()
  try {
    for (;;) {
      const [one, two] = await Promise.all([left.next(), right.next()])
      if (one.done !== true) count.a += 1
      if (two.done !== true) count.b += 1
      if (one.done === true && two.done === true) break
      if (one.done !== true && two.done !== true && one.value === two.value) continue
      count.elsewhere += 1
      if (gaveUp) continue
      if (one.done !== true) note(waiting, one.value, { side: 1, number: count.a })
      if (two.done !== true) note(waiting, two.value, { side: -1, number: count.b })
      gaveUp = waiting.size > MOST_WAITING
    }
  } finally {
    await Promise.all([left.return?.(), right.return?.()])
  }
  return { ...count, ...tell(waiting, telling), gaveUp }
}

interface Waiting {
  /** How many more one side has: of A above 0, of B below. */
  balance: number
  readonly number: number
}

function note(
  waiting: Map<string, Waiting>,
  record: string,
  seen: { readonly side: 1 | -1; readonly number: number },
): void {
  const known = waiting.get(record)
  if (known === undefined) waiting.set(record, { balance: seen.side, number: seen.number })
  else if (known.balance + seen.side === 0) waiting.delete(record)
  else known.balance += seen.side
}

/** Those that never met their like, in pairs as they come: a changed record is one that each side has alone. */
function tell(
  waiting: ReadonlyMap<string, Waiting>,
  { findings, nameOf, show = (record) => record }: Telling,
): { readonly onlyA: number; readonly onlyB: number } {
  const left = [...waiting].filter(([, { balance }]) => balance > 0)
  const right = [...waiting].filter(([, { balance }]) => balance < 0)
  const byNumber = new Map(right.map((entry) => [entry[1].number, entry]))
  for (const [record, { number }] of left) {
    const pair = byNumber.get(number)
    byNumber.delete(number)
    findings.add(nameOf(number), show(record), pair && show(pair[0]))
  }
  for (const [number, [record]] of byNumber) findings.add(nameOf(number), undefined, show(record))
  const sum = (list: typeof left): number => list.reduce((total, [, { balance }]) => total + Math.abs(balance), 0)
  return { onlyA: sum(left), onlyB: sum(right) }
}

/** The kind of difference, as a sentence about `what` (in the plural). */
export function recordSummary(what: string, counts: RecordCounts): string {
  const { a, b, elsewhere, onlyA, onlyB, gaveUp } = counts
  if (elsewhere === 0) return `the same ${a} ${what}`
  if (gaveUp) return `${elsewhere} of ${Math.max(a, b)} ${what} differ`
  if (onlyA === 0 && onlyB === 0) return `the same ${a} ${what}, in another order`
  const parts = [...(onlyA > 0 ? [`${onlyA} only in A`] : []), ...(onlyB > 0 ? [`${onlyB} only in B`] : [])]
  return `${what}: ${parts.join(", ")} (of ${a} and ${b})`
}

export function isOnlyOrder(counts: RecordCounts): boolean {
  return counts.elsewhere > 0 && !counts.gaveUp && counts.onlyA === 0 && counts.onlyB === 0
}
