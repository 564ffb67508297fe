import { GeartrainError, type JobId, type Limits, type OutputFile } from "@geartrain/spec"
import type { OpenStep, PlannedJob, StepJobState, WorkflowPlan } from "@geartrain/spec/workflow"
import type { OpenedStep, RunView } from "./fold-run.ts"

/** `settling`: what it reads is looked at; `queued`: it may run when there is room. */
type NodeState = "waiting" | "settling" | "queued" | StepJobState

/** A job of a run while it is run. */
export interface JobNode {
  readonly kind: "job"
  readonly key: string
  readonly planned: PlannedJob
  readonly order: number
  state: NodeState
  /** How many of those before it are not done. */
  waitsFor: number
  readonly dependents: GraphNode[]
  /** What the last try was granted; before the first, what the plan says. */
  limits: Limits
  attempt: number
  /** Tries that count for the retries of its policy. */
  tries: number
  /** It was done, and has to be carried out for its bytes. */
  isForced: boolean
  job?: JobId
  /** ISO 8601: when the try that runs was begun. */
  since?: string
  outputs?: readonly OutputFile[]
}

/** A step that becomes jobs when what it waits for is done. It is done when all of these are. */
export interface OpenNode {
  readonly kind: "open"
  readonly key: string
  readonly open: OpenStep
  state: "waiting" | "expanding" | "opened" | "done" | "lost"
  waitsFor: number
  readonly dependents: GraphNode[]
  keys: readonly string[]
}

export type GraphNode = JobNode | OpenNode

/** What a graph tells of itself as it goes on. */
export interface GraphWatcher {
  /** All that it waits for is done. */
  onReady(node: GraphNode): void
  /** It is done, and whoever waits for it will hear of it next. */
  onDone(node: GraphNode): void
  /** Something that it needs has failed. */
  onLost(node: JobNode, because: string): void
}

/** The jobs of a run and who waits for whom. Nothing here looks at a file or runs anything. */
export class RunGraph {
  readonly jobs = new Map<string, JobNode>()
  readonly open = new Map<string, OpenNode>()
  readonly #watcher: GraphWatcher
  #order = 0

  /** @throws {GeartrainError} WORKFLOW_PLAN_INVALID where a job waits for one that does not come before it. */
  constructor(plan: WorkflowPlan, view: RunView, watcher: GraphWatcher) {
    this.#watcher = watcher
    for (const step of [...plan.open, ...[...view.opened.values()].flatMap(({ open }) => open)]) this.#addOpen(step)
    for (const { planned } of view.jobs.values()) this.#addJob(planned)
    for (const node of this.jobs.values()) this.#link(node, [...node.planned.after, ...(node.planned.afterOpen ?? [])])
    for (const node of this.open.values()) {
      const opened = view.opened.get(node.key)
      if (opened === undefined) this.#link(node, node.open.awaits)
      else this.#become(node, opened)
    }
  }

  /** Tells the watcher of everything that waits for nothing. */
  begin(): void {
    for (const node of [...this.jobs.values()]) if (node.waitsFor === 0 && node.state === "waiting") this.#ready(node)
    for (const node of [...this.open.values()]) if (node.waitsFor === 0) this.#ready(node)
  }

  /** The jobs that an open step has become, and perhaps further open ones. */
  expand(node: OpenNode, jobs: readonly PlannedJob[], open: readonly OpenStep[]): void {
    const opened = open.map((step) => this.#addOpen(step))
    const added = jobs.map((planned) => this.#addJob(planned))
    const befores = new Set<GraphNode>()
    for (const one of added) this.#link(one, [...one.planned.after, ...(one.planned.afterOpen ?? [])], befores)
    for (const one of opened) this.#link(one, one.open.awaits, befores)
    this.#become(node, { keys: jobs.map(({ key }) => key), open })
    // Whoever failed before told only those that were there.
    for (const before of befores) {
      if (before.state === "failed" || before.state === "lost") this.#lose(before, before.key)
    }
    for (const one of [...added, ...opened, node]) if (one.waitsFor === 0) this.#ready(one)
  }

  /** Says that a job is done. Whoever waits for it waits for one less. */
  finish(node: JobNode, state: "reused" | "complete" | "skipped"): void {
    node.state = state
    node.isForced = false
    this.#release(node)
  }

  /** Says that a job has failed for good: all that need it are lost. */
  fail(node: JobNode): void {
    node.state = "failed"
    node.isForced = false
    this.#lose(node, node.key)
  }

  /** Says that an open step cannot become jobs. */
  loseOpen(node: OpenNode): void {
    node.state = "lost"
    this.#lose(node, node.key)
  }

  /** Lets a job or an open step wait for jobs once more, which have to be carried out again for what they give. */
  waitAgain(node: GraphNode, makers: readonly JobNode[]): void {
    node.state = "waiting"
    for (const maker of makers) {
      maker.dependents.push(node)
      node.waitsFor += 1
    }
    for (const maker of makers) {
      if (maker.state === "failed" || maker.state === "lost") this.#lose(maker, maker.key)
      else this.force(maker)
    }
  }

  /** Lets a job begin anew: now, if it waits for nothing. */
  restart(node: JobNode): void {
    node.state = "waiting"
    if (node.waitsFor === 0) this.#ready(node)
  }

  /** Has a job that is done carried out again. */
  force(node: JobNode): void {
    if (node.isForced || !isDone(node.state)) return
    node.isForced = true
    this.#ready(node)
  }

  #ready(node: GraphNode): void {
    if (node.kind === "job") {
      node.state = "settling"
      this.#watcher.onReady(node)
    } else if (node.state === "opened") {
      node.state = "done"
      this.#release(node)
    } else if (node.state === "waiting") {
      node.state = "expanding"
      this.#watcher.onReady(node)
    }
  }

  #become(node: OpenNode, { keys, open }: OpenedStep): void {
    node.state = "opened"
    node.keys = keys
    this.#link(node, [...keys, ...open.map(({ step }) => step)])
  }

  #release(node: GraphNode): void {
    this.#watcher.onDone(node)
    // Whoever waits for it again later waits anew.
    for (const dependent of node.dependents.splice(0)) {
      dependent.waitsFor -= 1
      const isWaiting = dependent.state === "waiting" || dependent.state === "opened"
      if (dependent.waitsFor === 0 && isWaiting) this.#ready(dependent)
    }
  }

  #lose(failed: GraphNode, because: string): void {
    const pending = [failed]
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      for (const dependent of node.dependents.splice(0)) {
        if (dependent.state === "lost") continue
        if (dependent.kind === "open") dependent.state = "lost"
        else if (dependent.state === "waiting") {
          dependent.state = "lost"
          this.#watcher.onLost(dependent, because)
        }
        pending.push(dependent)
      }
    }
  }

  #addJob(planned: PlannedJob): JobNode {
    if (this.jobs.has(planned.key)) throw invalid(`it has two jobs "${planned.key}"`)
    const node: JobNode = {
      ...{ kind: "job", key: planned.key, planned, order: this.#order++, state: "waiting", waitsFor: 0 },
      ...{ dependents: [], limits: planned.limits ?? {}, attempt: 0, tries: 0, isForced: false },
    }
    this.jobs.set(node.key, node)
    return node
  }

  #addOpen(open: OpenStep): OpenNode {
    const node: OpenNode = {
      ...{ kind: "open", key: open.step, open, state: "waiting", waitsFor: 0, dependents: [], keys: [] },
    }
    this.open.set(node.key, node)
    return node
  }

  /** @param befores  Takes those that it waits for. */
  #link(node: GraphNode, keys: readonly string[], befores?: Set<GraphNode>): void {
    for (const key of keys) {
      const before = this.jobs.get(key) ?? this.open.get(key)
      if (before === undefined) throw invalid(`"${node.key}" waits for "${key}", which it does not have`)
      const comesLater = node.kind === "job" && before.kind === "job" && before.order >= node.order
      if (comesLater) throw invalid(`"${node.key}" waits for "${key}", which comes after it`)
      if (before.state === "done" || (before.kind === "job" && isDone(before.state) && !before.isForced)) continue
      before.dependents.push(node)
      node.waitsFor += 1
      befores?.add(before)
    }
  }
}

export function isDone(state: NodeState): boolean {
  return state === "reused" || state === "complete" || state === "skipped"
}

function invalid(is: string): GeartrainError {
  return new GeartrainError("WORKFLOW_PLAN_INVALID", `Cannot run the plan: ${is}`, {
    hint: "Make it anew: gear workflow plan FILE",
  })
}
