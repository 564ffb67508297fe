import type { WaitingReason } from "@geartrain/spec/server"
import { fitsRunner, hasRoom } from "./fits-runner.ts"
import { heldBack, runningOf } from "./held-back.ts"
import { type Lane, limitOf, type QueueView, type RunnerView } from "./queue-view.ts"

/**
 * Why the jobs of a lane do not run now: the first thing in their way, by the rules that also choose.
 *
 * @param runners  Those that are there.
 */
export function explainWait(
  lane: Pick<Lane, "owner" | "project" | "group" | "resources">,
  view: QueueView,
  runners: readonly RunnerView[],
): WaitingReason {
  const held = heldBack(lane, view.limits, runningOf(view.lanes))
  if (held !== undefined) return held
  const able = runners.filter((runner) => fitsRunner(lane.resources, runner))
  if (able.length === 0) return "WAITING_FOR_RUNNER"
  const willing = able.filter(({ isDrained, id }) => !isDrained && limitOf(view.limits, "runner", id).paused !== true)
  if (willing.length === 0) return "WAITING_FOR_DRAINED_RUNNER"
  return willing.some((runner) => hasRoom(lane.resources, runner)) ? "WAITING_FOR_TURN" : "WAITING_FOR_SLOT"
}
