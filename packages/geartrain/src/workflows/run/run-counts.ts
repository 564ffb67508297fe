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
 */
export function countWords(counts: RunCounts): string {
  const words = ORDER.filter((state) => counts[state] > 0).map((state) => `${counts[state]} ${state}`)
  return words.length === 0 ? "no jobs" : words.join(", ")
}
