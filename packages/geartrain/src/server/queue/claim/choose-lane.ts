import { fitsRunner, hasRoom } from "./fits-runner.ts"
import { heldBack, type Running, runningOf } from "./held-back.ts"
import { type Lane, limitOf, type QueueView, type RunnerView } from "./queue-view.ts"

/**
 * Chooses the lane whose first job a runner gets: of the user who has fewest running for their weight, then of the one who had fewest turns
 * for it, then the job of the highest priority, then the one that waits longest. Undefined when nothing may run there now.
 *
 * Fewest running shares what runs at once; turns share what comes one after another, so that on a single slot a user with thousands of jobs and
 * one with three alternate. Priority orders the jobs of one user: nobody gets before others by asking for it.
 */
export function chooseLane(view: QueueView, runner: RunnerView): Lane | undefined {
  const running = runningOf(view.lanes)
  let best: Lane | undefined
  for (const lane of view.lanes) {
    if (lane.pending === 0 || heldBack(lane, view.limits, running) !== undefined) continue
    if (!fitsRunner(lane.resources, runner) || !hasRoom(lane.resources, runner)) continue
    if (best === undefined || comesBefore(lane, best, { view, running })) best = lane
  }
  return best
}

/** What a user's turns are counted from: one who had none for long is owed nothing for that time. */
export function turnOf(view: QueueView, owner: string): number {
  return Math.max(view.turns.of.get(owner) ?? 0, view.turns.last)
}

/** Parts of a turn: whole numbers for every weight up to it. */
export const TURN = 1_000_000

/** The turn after the one of `owner`, by its weight. */
export function nextTurn(view: QueueView, owner: string): number {
  return turnOf(view, owner) + Math.max(1, Math.floor(TURN / weightOf(view, owner)))
}

function comesBefore(a: Lane, b: Lane, by: { readonly view: QueueView; readonly running: Running }): boolean {
  if (a.owner !== b.owner) {
    const { view, running } = by
    const ofA = (running.users.get(a.owner) ?? 0) * weightOf(view, b.owner)
    const ofB = (running.users.get(b.owner) ?? 0) * weightOf(view, a.owner)
    if (ofA !== ofB) return ofA < ofB
    const [turnA, turnB] = [turnOf(view, a.owner), turnOf(view, b.owner)]
    if (turnA !== turnB) return turnA < turnB
  }
  if (a.headPriority !== b.headPriority) return a.headPriority > b.headPriority
  if (a.headQueuedMs !== b.headQueuedMs) return a.headQueuedMs < b.headQueuedMs
  return a.id < b.id
}

function weightOf(view: QueueView, owner: string): number {
  return limitOf(view.limits, "user", owner).weight ?? 1
}
