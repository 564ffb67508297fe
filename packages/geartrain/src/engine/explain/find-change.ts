import type { JobDifference } from "../../provenance/diff-invocations.ts"
import type { Outcome } from "./outcome.ts"
import { varyingParts } from "./outcome.ts"

/** A run of A's invocation with some things as they are in B's. */
export interface ChangedRun {
  readonly changes: readonly JobDifference[]
  /** Absent: such a run cannot be, and `why` says why not. */
  readonly outcome?: Outcome
  readonly why?: string
  /** What came out as it did for B. */
  readonly isLikeB: boolean
}

export interface ChangeSearch {
  readonly tried: readonly ChangedRun[]
  /** The fewest changes that turn A's outcome into B's. */
  readonly cause?: readonly JobDifference[]
  readonly isCut: boolean
}

/** Runs A with these changes; undefined when there have been as many runs as there may be. */
export type RunChanged = (changes: readonly JobDifference[]) => Promise<Pick<ChangedRun, "outcome" | "why"> | undefined>

/**
 * Finds the fewest differences between two invocations that turn the outcome of the one into that of the other, by runs in between: each
 * alone, then all without each that is not needed.
 *
 * @param changes  All of them together are known to do so.
 */
export async function findChange(
  run: RunChanged,
  changes: readonly JobDifference[],
  b: Outcome,
): Promise<ChangeSearch> {
  const tried: ChangedRun[] = []
  const search = async (some: readonly JobDifference[]): Promise<ChangedRun | undefined> => {
    const ran = await run(some)
    if (ran === undefined) return undefined
    const isLikeB = ran.outcome !== undefined && varyingParts([ran.outcome, b]).length === 0
    const changed = { changes: some, ...ran, isLikeB }
    tried.push(changed)
    return changed
  }
  if (changes.length === 1) return { tried, cause: changes, isCut: false }
  for (const change of changes) {
    const ran = await search([change])
    if (ran === undefined) return { tried, isCut: true }
    if (ran.isLikeB) return { tried, cause: [change], isCut: false }
  }
  let needed = changes
  for (const change of changes) {
    const fewer = needed.filter((other) => other !== change)
    if (fewer.length < 2) break
    const ran = await search(fewer)
    if (ran === undefined) return { tried, isCut: true }
    if (ran.isLikeB) needed = fewer
  }
  return { tried, cause: needed, isCut: false }
}
