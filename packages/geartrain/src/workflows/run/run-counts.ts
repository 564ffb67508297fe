import type { RunView } from "./fold-run.ts"

/** How many jobs of a run are how, in the order in which people ask. */
export type RunCounts = Readonly<Record<(typeof ORDER)[number], number>>

const ORDER = ["complete", "reused", "running", "waiting", "skipped", "failed", "lost", "cancelled"] as const

export function runCounts(view: Pick<RunView, "jobs">): RunCounts {
  const counts = Object.fromEntries(ORDER.map((state) => [state, 0])) as Record<(typeof ORDER)[number], number>
  for (const { state } of view.jobs.values()) counts[state] += 1
  return counts
}

/**
 * For people: what there is none of is left out.
 *
 * @example
 *   countWords({ complete: 2, reused: 1, running: 0, waiting: 0, skipped: 0, failed: 0, lost: 0, cancelled: 0 })
 *   // => "2 complete, 1 reused"
 *
 * @param run  How the run is: what waits in one that failed was never begun.
 */
export function countWords(counts: RunCounts, run?: string): string {
  const words = ORDER.filter((state) => counts[state] > 0).map((state) => `${counts[state]} ${stateWord(state, run)}`)
  return words.length === 0 ? "no jobs" : words.join(", ")
}

/**
 * For people: how a job is. In a run that failed or was cancelled nothing waits any more, though whoever resumes it begins it.
 *
 * @example
 *   stateWord("waiting", "failed") // => "not begun"
 *   stateWord("waiting", "paused") // => "waiting"
 */
export function stateWord(state: keyof RunCounts, run: string | undefined): keyof RunCounts | "not begun" {
  return state === "waiting" && (run === "failed" || run === "cancelled") ? "not begun" : state
}
