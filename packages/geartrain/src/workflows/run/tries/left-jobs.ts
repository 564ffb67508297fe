import type { RunView } from "../fold-run.ts"
import type { JobNode, RunGraph } from "../graph.ts"
import type { JobEnds } from "../job-ends.ts"
import type { RunMeans } from "../run-means.ts"
import { judgeRecord } from "./judge-record.ts"
import { isTriedAgain } from "./retry.ts"

/** A state in which a job was left when the run ended, and of which something may have become meanwhile. */
export type LeftState = "running" | "failed" | "cancelled"

/**
 * Puts every job where its events left it.
 *
 * @returns those of which a job may be under way, or have ended unseen.
 */
export function findLeft(graph: RunGraph, view: RunView): readonly (readonly [JobNode, LeftState])[] {
  // All are told apart first: what is done must not begin because what it read of is found to be done.
  for (const { planned, state } of view.jobs.values()) {
    const node = graph.jobs.get(planned.key)
    if (node !== undefined) node.state = state
  }
  const left: [JobNode, LeftState][] = []
  for (const { planned, state, job, tries, attempts } of view.jobs.values()) {
    const node = graph.jobs.get(planned.key)
    if (node === undefined || state === "waiting") continue
    const last = attempts.at(-1)
    Object.assign(node, { tries, attempt: last?.attempt ?? 0, limits: last?.limits ?? node.limits })
    if (job !== undefined) node.job = job
    if (state === "reused" || state === "complete" || state === "skipped") graph.finish(node, state)
    else if (state !== "lost") {
      if (state === "running" && last?.started !== undefined) node.since = last.started
      left.push([node, state])
    }
  }
  return left
}

interface Reconciling {
  readonly jobs: Pick<RunMeans["jobs"], "get">
  readonly graph: RunGraph
  readonly ends: JobEnds
  /** Somebody wants what runs to end. */
  readonly isCancelled: () => boolean
}

/** Goes by the record of a job that was left, once it has ended. */
export async function reconcile(node: JobNode, state: LeftState, by: Reconciling): Promise<void> {
  const { jobs, graph, ends, isCancelled } = by
  const record = node.job === undefined ? undefined : await jobs.get(node.job)
  const verdict = record === undefined ? undefined : judgeRecord(node.planned, record, { isCancelled: true })
  if (state === "failed") {
    const cause = verdict?.state === "failed" ? verdict.cause : undefined
    if (isTriedAgain(node.planned.policy, cause, node.tries)) {
      ends.grow(node, cause)
      graph.restart(node)
    } else ends.fail(node)
  } else if (record !== undefined && verdict?.state === "complete") ends.complete(node, record)
  else if (verdict?.state === "failed" && record?.failure?.reason !== "ENGINE_LOST") ends.judgeFailure(node, verdict)
  else if (isCancelled()) ends.cancel(node)
  else {
    // Nobody saw its end, and nothing came of it: that was no try.
    node.tries -= 1
    graph.restart(node)
  }
}
