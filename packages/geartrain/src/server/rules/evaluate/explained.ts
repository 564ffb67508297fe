/** What came of one condition, with what came of those in it. */
export interface Explained {
  readonly holds: boolean
  /** The condition by its name, such as `all`, `type`, `metadata`. */
  readonly test: string
  /** What is the case, as a sentence without a full stop, for people. */
  readonly says: string
  /** What was asked for, and what there is; only of a test that compares. */
  readonly wanted?: string
  readonly found?: string
  readonly parts?: readonly Explained[]
}

/**
 * The tests that a verdict hangs on: of a condition that fails, those whose change could mend it; of one that holds, those that it holds by.
 *
 * @returns At least one: the condition itself when nothing is in it.
 */
export function decisiveParts(explained: Explained): readonly Explained[] {
  return decide(explained, false)
}

/** @param negated  It lies in an odd number of `not`. */
function decide(explained: Explained, negated: boolean): readonly Explained[] {
  const { test, holds, parts = [] } = explained
  if (test === "not") return parts.flatMap((part) => decide(part, !negated))
  const deciding = test === "all" || test === "any" ? parts.filter((part) => part.holds === holds) : []
  if (deciding.length > 0) return deciding.flatMap((part) => decide(part, negated))
  return [negated ? { ...explained, says: negatedWords(explained) } : explained]
}

/** Within a `not`, what holds is wrong, and what was looked for is not wanted. */
function negatedWords({ holds, says, wanted }: Explained): string {
  if (holds) return `${says}, which must not be`
  return wanted === undefined ? says : says.replace(`, wanted ${wanted}`, () => `, and not ${wanted}`)
}

/** Why a condition fails or holds, in one sentence of its decisive tests, the first of them. */
export function explainedReason(explained: Explained): string {
  const says = [...new Set(decisiveParts(explained).map((part) => part.says))]
  const shown = says.slice(0, MOST_SHOWN).join("; ")
  return says.length > MOST_SHOWN ? `${shown}; and ${says.length - MOST_SHOWN} more` : shown
}

const MOST_SHOWN = 5
