import type { Digest } from "@geartrain/spec"
import type { AwaitedFiles, OpenFiles, OpenStep, PlannedCleanup, WorkflowPlan } from "@geartrain/spec/workflow"
import { pick } from "../orders/take-inputs.ts"
import type { WorkflowJobs } from "../workflow-jobs.ts"
import type { RunView } from "./fold-run.ts"
import { type GraphNode, isDone, type JobNode, type OpenNode, type RunGraph } from "./graph.ts"
import type { KnownOutputs } from "./known-outputs.ts"
import { LaterCleanup } from "./later-cleanup.ts"
import type { UntimedEvent } from "./run-means.ts"

interface Cleaned {
  readonly plan: WorkflowPlan
  readonly view: RunView
  readonly graph: RunGraph
  readonly outputs: KnownOutputs
  readonly jobs: Pick<WorkflowJobs, "free">
}

/** Outputs of a job, or of the jobs that an open step became, which may go when these are done. */
interface Entry {
  readonly job: string
  readonly left: Set<string>
}

/**
 * Frees what jobs of this run have given as soon as the plan allows it: when all that read it are done, and never what the workflow gives, what was
 * only reused, or bytes that another job of the run has given as well and that stay.
 */
export class Cleaner {
  readonly #of: Cleaned
  readonly #tell: (event: UntimedEvent) => void
  readonly #waiting = new Map<string, Entry[]>()
  readonly #ready: Entry[] = []
  /** What goes when the run is complete. */
  readonly #atEnd: Entry[] = []
  readonly #listed = new Set<string>()
  /** How many jobs of this run have given each, and keep it. */
  readonly #holders = new Map<Digest, number>()
  readonly #pinned = new Set<Digest>()
  /** By key of a job: what the workflow gives of it. */
  readonly #given = new Map<string, (AwaitedFiles | OpenFiles)[]>()
  /** Made when the first open step becomes jobs. */
  #later: LaterCleanup | undefined
  #uncounted: JobNode[] = []
  readonly #counted = new Set<JobNode>()
  #heldBytes = 0
  #freeing: Promise<void> | undefined

  constructor(of: Cleaned, tell: (event: UntimedEvent) => void) {
    this.#of = of
    this.#tell = tell
    const { plan, view } = of
    if (plan.options.cleanup === "none") return
    for (const entry of plan.cleanup) this.#list(entry)
    if (view.opened.size > 0) {
      this.#later = new LaterCleanup(plan, of.graph)
      this.#listAll(this.#later.ofAll())
    }
    for (const { inputs } of plan.jobs) {
      for (const { parts = [] } of Object.values(inputs))
        for (const part of parts) if ("digest" in part) this.#pinned.add(part.digest)
    }
    for (const { parts = [] } of Object.values(plan.outputs)) {
      for (const part of parts) {
        for (const key of "jobs" in part ? part.jobs : "step" in part ? [part.step] : []) {
          this.#given.set(key, [...(this.#given.get(key) ?? []), part as AwaitedFiles | OpenFiles])
        }
      }
    }
  }

  /** An open step became jobs: what they give, and what they alone read, may go as well. @param open  What of it is still open. */
  onOpened(node: OpenNode, open: readonly OpenStep[]): void {
    if (this.#of.plan.options.cleanup === "none") return
    const later = this.#later
    this.#later ??= new LaterCleanup(this.#of.plan, this.#of.graph)
    this.#listAll(later === undefined ? this.#later.ofAll() : later.ofOpened(node, open))
    if (this.#ready.length > 0) this.#start()
  }

  #listAll(placed: readonly PlannedCleanup[]): void {
    for (const entry of placed) if (!this.#listed.has(entry.job)) this.#list(entry)
  }

  #list({ job, after }: PlannedCleanup): void {
    const { plan, view, graph } = this.#of
    this.#listed.add(job)
    if (view.freed.has(job)) return
    if (after.length === 0 || plan.options.cleanup === "leaf") {
      this.#atEnd.push({ job, left: new Set() })
      return
    }
    const isOver = (key: string): boolean => isDone(graph.jobs.get(key)?.state ?? "waiting")
    const entry: Entry = { job, left: new Set([job, ...after].filter((key) => !isOver(key))) }
    if (entry.left.size === 0) this.#ready.push(entry)
    for (const key of entry.left) {
      const others = this.#waiting.get(key)
      if (others === undefined) this.#waiting.set(key, [entry])
      else others.push(entry)
    }
  }

  onDone(node: GraphNode): void {
    const { cleanup } = this.#of.plan.options
    if (cleanup === "none") return
    if (node.kind === "job" && node.state === "complete") this.#uncounted.push(node)
    for (const entry of this.#waiting.get(node.key) ?? []) {
      entry.left.delete(node.key)
      if (entry.left.size === 0) this.#ready.push(entry)
    }
    this.#waiting.delete(node.key)
    if (this.#ready.length > 0) this.#start()
  }

  /** The run is complete: whatever is left may go. */
  end(): void {
    this.#ready.push(...this.#atEnd.splice(0))
    if (this.#ready.length > 0) this.#start()
  }

  /** Resolves when all has gone that may; rejects with what kept it from going. */
  async settled(): Promise<void> {
    while (this.#freeing !== undefined) await this.#freeing
  }

  #start(): void {
    this.#freeing ??= this.#freeAll().finally(() => {
      this.#freeing = undefined
    })
    // Whoever waits for all of it gets the error.
    this.#freeing.catch(() => undefined)
  }

  async #freeAll(): Promise<void> {
    await Promise.resolve()
    while (this.#ready.length > 0) {
      await this.#count()
      const nodes = this.#choose()
      if (nodes.length === 0) return
      await this.#free(nodes)
    }
  }

  async #count(): Promise<void> {
    const { outputs } = this.#of
    const nodes = this.#uncounted.splice(0)
    await outputs.load(nodes.map(({ key }) => key))
    for (const node of nodes) {
      if (this.#counted.has(node)) continue
      this.#counted.add(node)
      for (const digest of digestsOf(node)) this.#holders.set(digest, (this.#holders.get(digest) ?? 0) + 1)
      if (this.#listed.has(node.key)) this.#heldBytes += bytesOf(node, digestsOf(node))
    }
  }

  /** Jobs whose outputs go now: all that may, or with a bound as many as it takes. */
  #choose(): readonly JobNode[] {
    const { cleanup } = this.#of.plan.options
    const most = typeof cleanup === "object" ? cleanup.keepBytes : -1
    const chosen: JobNode[] = []
    let held = this.#heldBytes
    let taken = 0
    for (const { job } of this.#ready) {
      if (held <= most) break
      taken += 1
      for (const node of this.#nodesOf(job)) {
        held -= bytesOf(node, digestsOf(node))
        chosen.push(node)
      }
    }
    this.#ready.splice(0, taken)
    return chosen
  }

  /** What was only reused belongs to whoever made it. */
  #nodesOf(key: string): readonly JobNode[] {
    const { graph } = this.#of
    const keys = graph.open.get(key)?.keys ?? [key]
    return keys.flatMap((one) => {
      const node = graph.jobs.get(one)
      return node?.state === "complete" && node.planned.policy.keep !== true ? [node] : []
    })
  }

  async #free(nodes: readonly JobNode[]): Promise<void> {
    const wanted = new Map<JobNode, readonly Digest[]>()
    for (const node of nodes)
      for (const digest of digestsOf(node)) this.#holders.set(digest, (this.#holders.get(digest) ?? 1) - 1)
    for (const node of nodes) {
      const given = this.#givenOf(node)
      const going = [...digestsOf(node)].filter(
        (digest) => (this.#holders.get(digest) ?? 0) <= 0 && !this.#pinned.has(digest) && !given.has(digest),
      )
      wanted.set(node, going)
      this.#counted.delete(node)
      if (this.#listed.has(node.key)) this.#heldBytes -= bytesOf(node, digestsOf(node))
    }
    const digests = [...new Set([...wanted.values()].flat())]
    if (digests.length === 0) return
    const ids = nodes.flatMap(({ job }) => (job === undefined ? [] : [job]))
    const gone = new Set((await this.#of.jobs.free(ids, digests)).digests)
    for (const [node, going] of wanted) {
      const freed = going.filter((digest) => gone.has(digest))
      if (freed.length === 0) continue
      this.#tell({ event: "freed", key: node.key, digests: freed, bytes: bytesOf(node, new Set(freed)) })
    }
  }

  #givenOf(node: JobNode): ReadonlySet<Digest> {
    const parts = [...(this.#given.get(node.key) ?? []), ...(this.#given.get(node.planned.step) ?? [])]
    return new Set(parts.flatMap((part) => pick(node.outputs ?? [], part).map(({ digest }) => digest)))
  }
}

function digestsOf(node: JobNode): ReadonlySet<Digest> {
  return new Set(node.outputs?.map(({ digest }) => digest))
}

function bytesOf(node: JobNode, digests: ReadonlySet<Digest>): number {
  const sizes = new Map(node.outputs?.map(({ digest, sizeBytes }) => [digest, sizeBytes]))
  return [...digests].reduce((sum, digest) => sum + (sizes.get(digest) ?? 0), 0)
}
