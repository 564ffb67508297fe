import type { RunEvent } from "@geartrain/spec/workflow"
import type { JobNode } from "./graph.ts"
import type { RunMeans, RunSettings, UntimedEvent } from "./run-means.ts"

type TellableState = "failed" | "cancelled" | "complete" | "reused" | "skipped"

/** Writes down what happens in a run, and tells whoever watches. */
export class Teller {
  readonly #means: Pick<RunMeans, "clock" | "journal">
  readonly #settings: Pick<RunSettings, "onEvent">

  constructor(means: Pick<RunMeans, "clock" | "journal">, settings: Pick<RunSettings, "onEvent">) {
    this.#means = means
    this.#settings = settings
  }

  tell(event: UntimedEvent): void {
    const timed = { at: this.#means.clock.now(), ...event } as RunEvent
    this.#means.journal.append(timed)
    this.#settings.onEvent?.(timed)
  }

  job(node: JobNode, state: TellableState, why?: string): void {
    const job = node.job === undefined || state === "skipped" ? {} : { job: node.job }
    const { key, attempt } = node
    this.tell({ event: "job", key, state, attempt, ...job, ...(why === undefined ? {} : { why }) })
  }
}
