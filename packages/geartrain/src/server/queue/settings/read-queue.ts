import type { WaitingReason } from "@geartrain/spec/server"
import type { Caller } from "../../people/caller.ts"
import { explainWait } from "../claim/explain-wait.ts"
import { readRunners, readView } from "../claim/read-view.ts"
import { presentSince } from "../jobs/read-waiting.ts"
import type { QueuePorts } from "../queue-ports.ts"

/** What waits and runs. */
export interface QueueFacts {
  readonly pending: number
  readonly running: number
  readonly lanes: readonly {
    readonly owner: string
    readonly project: string
    readonly pending: number
    readonly running: number
    /** Why its pending jobs do. */
    readonly waiting?: WaitingReason
  }[]
}

/** The queue, as far as the caller may see it. */
export async function readQueue(ports: QueuePorts, caller: Caller): Promise<QueueFacts> {
  const readable = await ports.access.readable(caller)
  const { read } = ports.database
  const view = await readView(read)
  const runners = await readRunners(read, { seenMs: presentSince(ports) })
  const seen = view.lanes.filter(({ project }) => readable === "all" || readable.includes(project))
  const sum = (of: "pending" | "running"): number => seen.reduce((total, lane) => total + lane[of], 0)
  const lanes = seen.map((lane) => {
    const { owner, project, pending, running } = lane
    return { owner, project, pending, running, ...(pending === 0 ? {} : { waiting: explainWait(lane, view, runners) }) }
  })
  return { pending: sum("pending"), running: sum("running"), lanes }
}
