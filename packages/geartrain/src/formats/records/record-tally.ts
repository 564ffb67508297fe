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

/** So many records that wait for their like, or so many characters of theirs, take some 60 MB. */
const MOST_WAITING = 250_000
const MOST_WAITING_CHARACTERS = 32 * 1024 * 1024

/** How records are told to people. */
export interface Telling {
  readonly findings: Findings
  /** How a place is called, from its number, counted from 1. */
  readonly nameOf: (number: number) => string
  /** How a record is shown, where it is no text. */
  readonly show?: (record: string) => string
}

interface Waiting {
  /** How many more one side has: of A above 0, of B below. */
  balance: number
  readonly number: number
}

/** Compares two lists of records in step: a record that the other list has at another place is told apart from one that it does not have. */
export class RecordTally {
  readonly #waiting = new Map<string, Waiting>()
  #characters = 0
  #a = 0
  #b = 0
  #elsewhere = 0
  #gaveUp = false

  /** Whether `pair` wants to know what the records are, or only that they differ. */
  get isLooking(): boolean {
    return !this.#gaveUp
  }

  /** How many records of A there were. */
  get number(): number {
    return this.#a
  }

  /** Counts records that both lists have at their next places. */
  addSame(count: number): void {
    this.#a += count
    this.#b += count
  }

  /** Counts two at their next places that are known to differ. */
  addDifferent(): void {
    this.addSame(1)
    this.#elsewhere += 1
  }

  /** The next record of each; undefined where a list has ended. */
  pair(one: string | undefined, two: string | undefined): void {
    if (one !== undefined) this.#a += 1
    if (two !== undefined) this.#b += 1
    if (one === two) return
    this.#elsewhere += 1
    if (this.#gaveUp) return
    if (one !== undefined) this.#note(one, { side: 1, number: this.#a })
    if (two !== undefined) this.#note(two, { side: -1, number: this.#b })
    this.#gaveUp = this.#waiting.size > MOST_WAITING || this.#characters > MOST_WAITING_CHARACTERS
  }

  /** What came out of it; names the first records that never met their like. */
  counts(telling: Telling): RecordCounts {
    const only = this.#tell(telling)
    return { a: this.#a, b: this.#b, elsewhere: this.#elsewhere, ...only, gaveUp: this.#gaveUp }
  }

  #note(record: string, seen: { readonly side: 1 | -1; readonly number: number }): void {
    const known = this.#waiting.get(record)
    if (known === undefined) {
      this.#waiting.set(record, { balance: seen.side, number: seen.number })
      this.#characters += record.length
    } else if (known.balance + seen.side === 0) {
      this.#waiting.delete(record)
      this.#characters -= record.length
    } else known.balance += seen.side
  }

  /** In pairs as they come: a changed record is one that each side has alone. Only those that are named are looked up. */
  #tell({ findings, nameOf, show = (record) => record }: Telling): Pick<RecordCounts, "onlyA" | "onlyB"> {
    const shown = (record: string | undefined): string | undefined => (record === undefined ? record : show(record))
    const only = { onlyA: 0, onlyB: 0 }
    const numbersOfA = new Set<number>()
    for (const { balance, number } of this.#waiting.values()) {
      only.onlyA += Math.max(0, balance)
      only.onlyB += Math.max(0, -balance)
      if (balance > 0) numbersOfA.add(number)
    }
    const named = new Map<number, { one?: string; two?: string }>()
    let pairs = 0
    for (const side of [1, -1]) {
      for (const [record, { balance, number }] of this.#waiting) {
        if (Math.sign(balance) !== side) continue
        if (side === 1 || !numbersOfA.has(number)) pairs += 1
        const isNamed = named.has(number) || (named.size < MOST_NAMED && (side === 1 || !numbersOfA.has(number)))
        if (isNamed) named.set(number, { ...named.get(number), ...(side === 1 ? { one: record } : { two: record }) })
      }
    }
    for (const [number, { one, two }] of named) findings.add(nameOf(number), shown(one), shown(two))
    findings.addUnseen(pairs - named.size)
    return only
  }
}

/** More are kept by no comparison. */
const MOST_NAMED = 100

/** The kind of difference, as a sentence about `what` (in the plural). Without `isWhole`, parts that are equal were not counted. */
export function recordSummary(what: string, counts: RecordCounts, isWhole = true): string {
  const { a, b, elsewhere, onlyA, onlyB, gaveUp } = counts
  const all = isWhole ? `${a} ` : ""
  if (elsewhere === 0) return `the same ${all}${what}`
  if (gaveUp) return isWhole ? `${elsewhere} of ${Math.max(a, b)} ${what} differ` : `${elsewhere} ${what} differ`
  if (onlyA === 0 && onlyB === 0) return `the same ${all}${what}, in another order`
  const parts = [...(onlyA > 0 ? [`${onlyA} only in A`] : []), ...(onlyB > 0 ? [`${onlyB} only in B`] : [])]
  return `${what}: ${parts.join(", ")}${isWhole ? ` (of ${a} and ${b})` : ""}`
}

export function isOnlyOrder(counts: RecordCounts): boolean {
  return counts.elsewhere > 0 && !counts.gaveUp && counts.onlyA === 0 && counts.onlyB === 0
}
