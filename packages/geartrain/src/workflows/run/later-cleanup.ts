import type { OpenStep, PlannedCleanup, PlannedJob, WorkflowPlan } from "@geartrain/spec/workflow"
import { cleanupOf, makersOf } from "../plan/effects/place-cleanup.ts"
import type { OpenNode, RunGraph } from "./graph.ts"

/**
 * Tells whose outputs may go as open steps become jobs: what `placeCleanup` says of a plan, asked again of the jobs only that a step brings with it
 * or has waited for.
 */
export class LaterCleanup {
  readonly #plan: Pick<WorkflowPlan, "options" | "outputs">
  readonly #graph: RunGraph
  /** By key of a job: those that read of it. */
  readonly #readers = new Map<string, string[]>()
  /** By path of an open step: those that read of all that it becomes. */
  readonly #stepReaders = new Map<string, string[]>()
  /** How many steps that are still open wait for a job or a step. */
  readonly #holds = new Map<string, number>()
  /** The step that was open and became this job. */
  readonly #origin = new Map<string, string>()
  readonly #given = new Set<string>()

  constructor(plan: Pick<WorkflowPlan, "options" | "outputs">, graph: RunGraph) {
    this.#plan = plan
    this.#graph = graph
    for (const { parts = [] } of Object.values(plan.outputs)) {
      for (const part of parts) {
        if ("jobs" in part) for (const key of part.jobs) this.#given.add(key)
        else if ("step" in part) this.#given.add(part.step)
      }
    }
    for (const { planned } of graph.jobs.values()) this.#read(planned)
    for (const node of graph.open.values()) {
      if (isOpened(node)) this.#become(node)
      else this.#hold(node.open.awaits)
    }
  }

  /** Of everything that is there. */
  ofAll(): readonly PlannedCleanup[] {
    return this.#place(this.#graph.jobs.keys())
  }

  /** Of what changed by a step that became jobs. @param open  What of it is still open. */
  ofOpened(node: OpenNode, open: readonly OpenStep[]): readonly PlannedCleanup[] {
    for (const { awaits } of open) this.#hold(awaits)
    const touched = new Set<string>(node.keys)
    for (const key of node.keys) {
      const planned = this.#graph.jobs.get(key)?.planned
      if (planned !== undefined) for (const maker of this.#read(planned)) touched.add(maker)
    }
    this.#become(node)
    for (const key of node.open.awaits) {
      const left = (this.#holds.get(key) ?? 1) - 1
      this.#holds.set(key, left)
      if (left > 0) continue
      touched.add(key)
      for (const one of this.#keysOf(key)) touched.add(one)
    }
    return this.#place(touched)
  }

  #hold(keys: readonly string[]): void {
    for (const key of keys) this.#holds.set(key, (this.#holds.get(key) ?? 0) + 1)
  }

  /** Notes whom a job reads of. @returns the jobs among them. */
  #read(planned: PlannedJob): ReadonlySet<string> {
    const { jobs, steps } = makersOf(planned)
    for (const step of steps) {
      push(this.#stepReaders, step, planned.key)
      for (const key of this.#keysOf(step)) jobs.add(key)
    }
    for (const maker of jobs) push(this.#readers, maker, planned.key)
    return jobs
  }

  /** Whoever reads of the step reads of its jobs. */
  #become({ key: step, keys }: OpenNode): void {
    const readers = this.#stepReaders.get(step) ?? []
    for (const key of keys) {
      this.#origin.set(key, step)
      for (const reader of readers) push(this.#readers, key, reader)
    }
  }

  /** Of a step, before `#become`: none. */
  #keysOf(step: string): readonly string[] {
    const node = this.#graph.open.get(step)
    return node !== undefined && this.#origin.has(node.keys[0] ?? "") ? node.keys : []
  }

  #place(keys: Iterable<string>): readonly PlannedCleanup[] {
    const placed: PlannedCleanup[] = []
    for (const key of keys) {
      const planned = this.#graph.jobs.get(key)?.planned
      const readers = this.#readers.get(key)
      if (planned === undefined || readers === undefined || this.#isNeeded(key)) continue
      const entry = cleanupOf(planned, readers, this.#plan.options.cleanup)
      if (entry !== undefined) placed.push(entry)
    }
    return placed
  }

  /** By the workflow's outputs, or by a step of which is not known yet what it reads. */
  #isNeeded(key: string): boolean {
    const origin = this.#origin.get(key) ?? key
    const holds = (this.#holds.get(key) ?? 0) + (origin === key ? 0 : (this.#holds.get(origin) ?? 0))
    return holds > 0 || this.#given.has(key) || this.#given.has(origin)
  }
}

function push(lists: Map<string, string[]>, name: string, value: string): void {
  const known = lists.get(name)
  if (known === undefined) lists.set(name, [value])
  else known.push(value)
}

function isOpened({ state }: OpenNode): boolean {
  return state === "opened" || state === "done"
}
