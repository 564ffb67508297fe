import { PROBE_CONDITIONS, type ProbeCondition } from "@geartrain/spec"

/** What the runs of one test under one condition answered, over all providers. */
export interface ProbeCell {
  readonly test: string
  readonly condition: ProbeCondition
  /** One a run that came to an end: equal numbers are equal answers, also under different conditions. */
  readonly answers: readonly number[]
  readonly undecided: number
}

/** What the runs amount to. */
export type ProbeVerdict =
  /** Runs under this condition answer the same, and whatever else is held still changes nothing. */
  | { readonly kind: "holds"; readonly condition: ProbeCondition }
  /** The same so far, in too few runs to say so. */
  | { readonly kind: "too-few"; readonly condition: ProbeCondition; readonly runs: number }
  /** A test could not be run at all. */
  | { readonly kind: "not-run"; readonly test: string }
  | { readonly kind: "differs" }

/**
 * Fewer runs of a test are not called the same: a gear that gives one of two answers by the toss of a coin would give one answer eight times in
 * a row in 1 of 128 probes.
 */
export const RUNS_NEEDED = 8

/**
 * Finds the least that has to be held still for a gear to answer the same.
 *
 * A condition is enough when all runs under it, and all runs that were held to more than it, gave one answer. So a gear that writes the date is not
 * taken for deterministic because all its runs were on one day: with a fixed clock it answers otherwise.
 */
export function judgeProbe(tests: readonly string[], cells: readonly ProbeCell[]): ProbeVerdict {
  const notRun = tests.find((test) => decidedRuns(cells, test, "as-asked") === 0)
  if (notRun !== undefined || tests.length === 0) return { kind: "not-run", test: notRun ?? "" }
  for (const condition of PROBE_CONDITIONS) {
    if (!tests.every((test) => isEnough(cells, test, condition))) continue
    const runs = Math.min(...tests.map((test) => decidedRuns(cells, test, condition)))
    return runs < RUNS_NEEDED ? { kind: "too-few", condition, runs } : { kind: "holds", condition }
  }
  return { kind: "differs" }
}

/** What each condition holds still. */
const HELD: Readonly<Record<ProbeCondition, readonly string[]>> = {
  "as-asked": [],
  "one-thread": ["threads"],
  "fixed-clock": ["clock"],
  "one-thread-and-fixed-clock": ["threads", "clock"],
}

function isEnough(cells: readonly ProbeCell[], test: string, condition: ProbeCondition): boolean {
  const more = cells.filter(
    (cell) => cell.test === test && HELD[condition].every((held) => HELD[cell.condition].includes(held)),
  )
  return decidedRuns(cells, test, condition) > 0 && new Set(more.flatMap(({ answers }) => answers)).size === 1
}

function decidedRuns(cells: readonly ProbeCell[], test: string, condition: ProbeCondition): number {
  const own = cells.filter((cell) => cell.test === test && cell.condition === condition)
  return own.reduce((sum, { answers }) => sum + answers.length, 0)
}
