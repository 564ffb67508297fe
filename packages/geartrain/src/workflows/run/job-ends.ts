import type { JobId, JobRecord } from "@geartrain/spec"
import type { RetryCause } from "@geartrain/spec/workflow"
import type { JobNode, RunGraph } from "./graph.ts"
import type { KnownOutputs } from "./known-outputs.ts"
import type { Capacity } from "./room/slots.ts"
import type { Teller } from "./teller.ts"
import { judgeRecord } from "./tries/judge-record.ts"
import { grownLimits, isTriedAgain } from "./tries/retry.ts"

interface Ended {
  readonly graph: RunGraph
  readonly outputs: KnownOutputs
  readonly teller: Teller
  readonly capacity: Capacity
}

/** Who hears of what comes after the end of a try. */
interface EndsWatch {
  /** It is tried once more, with the limits that it has now. */
  onAgain(node: JobNode): void
  /** It has failed for good, and what needs it is lost. */
  onFailed(node: JobNode): void
}

/** What becomes of jobs when a try has ended, or none is needed: it is written down first, and then whoever waits for them hears of it. */
export class JobEnds {
  readonly #of: Ended
  readonly #watch: EndsWatch

  constructor(of: Ended, watch: EndsWatch) {
    this.#of = of
    this.#watch = watch
  }

  /** Goes by the record of a try. */
  judge(node: JobNode, record: JobRecord, seen: Parameters<typeof judgeRecord>[2]): void {
    const verdict = judgeRecord(node.planned, record, seen)
    if (verdict.state === "failed") this.judgeFailure(node, verdict)
    else if (verdict.state === "complete") this.complete(node, record)
    else this.cancel(node)
  }

  /** Of a try that failed: whether there is another. */
  judgeFailure(node: JobNode, failed: { readonly why: string; readonly cause?: RetryCause }): void {
    const { why, cause } = failed
    if (!isTriedAgain(node.planned.policy, cause, node.tries)) {
      this.giveUp(node, why)
      return
    }
    this.#of.teller.job(node, "failed", why)
    this.grow(node, cause)
    this.#watch.onAgain(node)
  }

  grow(node: JobNode, cause: RetryCause | undefined): void {
    if (cause === undefined) return
    node.limits = grownLimits(node.limits, { cause, grow: node.planned.policy.retry?.grow }, this.#of.capacity)
  }

  giveUp(node: JobNode, why: string): void {
    this.#of.teller.job(node, "failed", why)
    this.fail(node)
  }

  /** Of one whose failure was written down before. */
  fail(node: JobNode): void {
    this.#of.graph.fail(node)
    this.#watch.onFailed(node)
  }

  cancel(node: JobNode): void {
    node.state = "cancelled"
    this.#of.teller.job(node, "cancelled")
  }

  complete(node: JobNode, record: JobRecord): void {
    node.job = record.id
    this.#of.outputs.note(node, record)
    this.#of.teller.job(node, "complete")
    this.#of.graph.finish(node, "complete")
  }

  reuse(node: JobNode, job: JobId): void {
    node.job = job
    this.#of.teller.job(node, "reused")
    this.#of.graph.finish(node, "reused")
  }

  skip(node: JobNode): void {
    this.#of.teller.job(node, "skipped")
    this.#of.graph.finish(node, "skipped")
  }
}
