import { type InvocationDigest, isGeartrainError } from "@geartrain/spec"
import type { RunState, WorkflowPlan } from "@geartrain/spec/workflow"
import { findReusable, takesSameCodes } from "../orders/find-reusable.ts"
import { Cleaner } from "./cleaner.ts"
import { Watchdog } from "./clock/watchdog.ts"
import { describeWaiting } from "./describe-waiting.ts"
import type { RunView } from "./fold-run.ts"
import { type GraphNode, isDone, type JobNode, type OpenNode, RunGraph } from "./graph.ts"
import { JobEnds } from "./job-ends.ts"
import { KnownOutputs } from "./known-outputs.ts"
import { NeededBytes } from "./needed-bytes.ts"
import { type Ordered, Orders } from "./order-jobs.ts"
import { type Ready, ReadyQueue } from "./room/ready-queue.ts"
import { demandOf, Slots } from "./room/slots.ts"
import type { RunMeans, RunningRun, RunOutcome, RunSettings } from "./run-means.ts"
import { StagedFiles } from "./stage-files.ts"
import { Teller } from "./teller.ts"
import { findLeft, type LeftState, reconcile } from "./tries/left-jobs.ts"

/**
 * Runs a plan to its end, or goes on where its events stop: starts every job as soon as what it reads is there and there is room, takes what was
 * done before by its content, and writes down each step before it counts on it.
 */
export function runPlan({ plan, view }: RunnablePlan, means: RunMeans, settings: RunSettings): RunningRun {
  const coordinator = new Coordinator({ plan, means, settings }, view)
  return {
    ended: coordinator.run(view),
    pause: (why) => coordinator.stop("paused", why),
    cancel: (why) => coordinator.stop("cancelled", why),
  }
}

/** A plan, and what its events so far add up to. */
export interface RunnablePlan {
  readonly plan: WorkflowPlan
  readonly view: RunView
}

interface Queued extends Ready {
  readonly node: JobNode
  /** What it does, by content. Not known any more of some that were left. */
  readonly digest: InvocationDigest | undefined
  readonly carryOut: () => Promise<void>
}

interface Plot {
  readonly plan: WorkflowPlan
  readonly means: RunMeans
  readonly settings: RunSettings
}

/** So many are looked up at once; between two batches, jobs are started. */
const BATCH = 500

/** A job whose bytes went while it was to start is looked at so often. */
const MOST_LOOKS = 3

class Coordinator {
  readonly #plot: Plot
  readonly #graph: RunGraph
  readonly #outputs: KnownOutputs
  readonly #orders: Orders
  readonly #files: StagedFiles
  readonly #bytes: NeededBytes
  readonly #cleaner: Cleaner
  readonly #ends: JobEnds
  readonly #teller: Teller
  readonly #watchdog: Watchdog
  readonly #slots: Slots
  readonly #queue = new ReadyQueue<Queued>()
  readonly #running = new Map<JobNode, Queued>()
  readonly #inFlight = new Map<InvocationDigest, JobNode>()
  readonly #unsettled: JobNode[] = []
  readonly #cancel = new AbortController()
  readonly #over = Promise.withResolvers<RunOutcome>()
  #settling = false
  #opening = 0
  /** Until everything that waits for nothing was looked at, and once it ends, nothing goes on. */
  #resting = true
  #hasFailed = false
  #stopped: { readonly state: RunState; readonly why: string } | undefined

  constructor(plot: Plot, view: RunView) {
    const { plan, means, settings } = plot
    this.#plot = plot
    this.#teller = new Teller(means, {
      onEvent: (event) => {
        if (event.event !== "waiting") this.#watchdog.touch()
        settings.onEvent?.(event)
      },
    })
    this.#graph = new RunGraph(plan, view, {
      onReady: (node) => this.#onReady(node),
      onDone: (node) => this.#cleaner.onDone(node),
      onLost: (node, because) =>
        this.#teller.tell({
          event: "job",
          key: node.key,
          state: "lost",
          attempt: node.attempt,
          why: `"${because}" failed`,
        }),
    })
    this.#outputs = new KnownOutputs(this.#graph, means.jobs)
    this.#orders = new Orders(means.jobs, this.#outputs)
    this.#files = new StagedFiles(plan, means.jobs)
    this.#bytes = new NeededBytes({ outputs: this.#outputs, files: this.#files })
    this.#slots = new Slots(settings.capacity)
    this.#ends = new JobEnds(
      { graph: this.#graph, outputs: this.#outputs, teller: this.#teller, capacity: settings.capacity },
      { onAgain: (node) => this.#onAgain(node), onFailed: (node) => this.#onFailed(node) },
    )
    this.#cleaner = new Cleaner({ plan, view, graph: this.#graph, outputs: this.#outputs, jobs: means.jobs }, (event) =>
      this.#teller.tell(event),
    )
    const { logCommand = "gear logs" } = settings
    this.#watchdog = new Watchdog(means.clock, () => {
      const running = this.#running.keys()
      const waiting = describeWaiting({ running, queue: this.#queue.items(), slots: this.#slots, logCommand })
      this.#teller.tell({ event: "waiting", for: waiting })
    })
  }

  async run(view: RunView): Promise<RunOutcome> {
    try {
      this.#teller.tell({ event: "run", state: "running", ...this.#plot.settings.by })
      const left = await this.#takeUp(view)
      this.#graph.begin()
      this.#resting = false
      for (const queued of left) this.#start(queued)
      this.#goOn()
      const outcome = await this.#over.promise
      await this.#cleaner.settled()
      const why = this.#stopped === undefined ? {} : { why: this.#stopped.why }
      this.#teller.tell({ event: "run", state: outcome.state, ...why })
      await this.#plot.means.journal.settled()
      return outcome
    } finally {
      this.#watchdog.end()
    }
  }

  stop(state: "paused" | "cancelled" | "failed", why: string): void {
    const isStronger = state === "cancelled" && this.#stopped?.state !== "cancelled"
    if (this.#stopped === undefined || isStronger) this.#stopped = { state, why }
    if (state === "cancelled") this.#cancel.abort()
    this.#goOn()
  }

  /** Of the jobs that were left, those that may be under way: they are followed beside all others, in the room that they take up. */
  async #takeUp(view: RunView): Promise<readonly Queued[]> {
    const running: Queued[] = []
    for (const [node, state] of findLeft(this.#graph, view)) {
      const queued = await this.#leave(node, state)
      if (state === "running") running.push(queued)
      // Its end was seen, most likely: it is looked at when there is room.
      else this.#queue.add(queued)
    }
    return running
  }

  async #leave(node: JobNode, state: LeftState): Promise<Queued> {
    // Another job that does the same shall not begin beside one that is under way.
    const digest = state === "running" ? await this.#orders.digestOf(node) : undefined
    if (digest !== undefined) this.#inFlight.set(digest, node)
    if (state !== "running") node.state = "queued"
    const by = { jobs: this.#plot.means.jobs, graph: this.#graph, ends: this.#ends }
    const isCancelled = (): boolean => this.#cancel.signal.aborted
    return this.#queuedOf(node, digest, () => reconcile(node, state, { ...by, isCancelled }))
  }

  #onReady(node: GraphNode): void {
    if (node.kind === "open") void this.#open(node).catch((error: unknown) => this.#over.reject(error))
    else if (node.planned.action === "skip") this.#ends.skip(node)
    else if (node.planned.action === "reuse" && node.planned.reuses !== undefined && !node.isForced)
      this.#ends.reuse(node, node.planned.reuses)
    else this.#unsettled.push(node)
    this.#goOn()
  }

  async #open(node: OpenNode): Promise<void> {
    const { plan, means } = this.#plot
    this.#opening += 1
    try {
      const missing = await this.#outputs.load(node.open.awaits)
      if (missing.length > 0) {
        // Their records were forgotten: they are carried out again.
        this.#graph.waitAgain(node, missing)
        return
      }
      const done = { outputsOf: this.#given, keysOf: (step: string) => this.#outputs.keysOf(step), jobs: means.jobs }
      const { jobs, open } = await means.expandOpen(node.open, plan, done)
      this.#teller.tell({ event: "opened", step: node.key, jobs, ...(open.length === 0 ? {} : { open }) })
      this.#graph.expand(node, jobs, open)
      this.#cleaner.onOpened(node, open)
    } catch (error) {
      if (!isGeartrainError(error)) throw error
      this.#teller.tell({ event: "job", key: node.key, state: "failed", attempt: 0, why: error.message })
      this.#graph.loseOpen(node)
      this.#hasFailed = true
      this.#stopUnlessKeepGoing(`"${node.key}" failed`)
    } finally {
      this.#opening -= 1
      this.#goOn()
    }
  }

  readonly #given = (key: string) => this.#outputs.outputsOf(key)

  /** Does whatever can be done next. Called after everything that changes anything. */
  #goOn(): void {
    if (this.#resting) return
    if (this.#unsettled.length > 0 && !this.#settling && this.#stopped === undefined) {
      this.#settling = true
      queueMicrotask(() => void this.#settleAll().catch((error: unknown) => this.#over.reject(error)))
    }
    while (this.#stopped === undefined && !this.#slots.isFull && this.#queue.size > 0) {
      const next = this.#queue.take((demand) => this.#slots.fit(demand))
      if (next === undefined) break
      this.#start(next)
    }
    if (this.#running.size > 0 || this.#settling || this.#opening > 0) return
    if (this.#stopped === undefined && (this.#unsettled.length > 0 || this.#queue.size > 0)) return
    this.#resting = true
    this.#end().then(
      (outcome) => (outcome === undefined ? undefined : this.#over.resolve(outcome)),
      (error: unknown) => this.#over.reject(error),
    )
  }

  /** Undefined: it goes on, since bytes have to be made again. */
  async #end(): Promise<RunOutcome | undefined> {
    const isAllDone = [...this.#graph.jobs.values()].every(({ state }) => isDone(state))
    if (this.#stopped !== undefined && !(isAllDone && this.#stopped.state === "paused"))
      return { state: this.#stopped.state }
    if (this.#hasFailed) return { state: "failed" }
    const waiting = [...this.#graph.jobs.values(), ...this.#graph.open.values()].filter(
      ({ state }) => state === "waiting" || state === "opened",
    )
    if (waiting.length > 0)
      throw new RangeError(`Nothing runs, and these wait: ${waiting.slice(0, 5).map(({ key }) => key)}`)
    const given = await this.#bytes.ofWorkflow(this.#plot.plan, this.#plot.settings.needsOutputs === true)
    if ("makers" in given) {
      for (const maker of given.makers) this.#graph.force(maker)
      this.#resting = false
      this.#goOn()
      return undefined
    }
    this.#stopped = undefined
    this.#cleaner.end()
    return { state: "complete", outputs: given.outputs }
  }

  async #settleAll(): Promise<void> {
    try {
      while (this.#unsettled.length > 0 && this.#stopped === undefined)
        await this.#settle(this.#unsettled.splice(0, BATCH))
    } finally {
      this.#settling = false
      this.#goOn()
    }
  }

  async #settle(nodes: readonly JobNode[]): Promise<void> {
    const ordered: [JobNode, Ordered][] = []
    for (const node of nodes) {
      try {
        const found = await this.#orders.of(node)
        if (found === "skipped") this.#ends.skip(node)
        else if ("missing" in found) this.#graph.waitAgain(node, found.missing)
        else ordered.push([node, found])
      } catch (error) {
        if (!isGeartrainError(error)) throw error
        this.#ends.giveUp(node, error.message)
      }
    }
    const asked = ordered.filter(([node]) => this.#mayReuse(node)).map(wantedOf)
    const sameAs = await findReusable(asked, this.#plot.means.jobs)
    for (const one of ordered) {
      const [node, found] = one
      const job = this.#mayReuse(node) ? sameAs(wantedOf(one)) : undefined
      const twin = this.#twinOf(node, found)
      if (job !== undefined && this.#plot.settings.mayStand?.(job.id) !== false) {
        this.#outputs.note(node, job)
        this.#ends.reuse(node, job.id)
      } else if (twin !== undefined && this.#mayReuse(node)) this.#graph.waitAgain(node, [twin])
      else this.#enqueue(node, found)
    }
    this.#goOn()
  }

  /** A job that is carried out, and whose end will be that of this one. */
  #twinOf({ planned }: JobNode, { digest }: Ordered): JobNode | undefined {
    const other = this.#inFlight.get(digest)
    if (other === undefined) return undefined
    return takesSameCodes(other.planned.acceptExitCodes, planned.acceptExitCodes) ? other : undefined
  }

  #mayReuse({ planned, isForced }: JobNode): boolean {
    const { reuse } = this.#plot.plan.options
    const isAsked = planned.action === "run" && (planned.reason.kind === "asked" || planned.reason.kind === "bytes")
    return reuse !== "none" && planned.policy.reuse !== "never" && !isForced && !isAsked
  }

  #enqueue(node: JobNode, ordered: Ordered): void {
    node.state = "queued"
    this.#inFlight.set(ordered.digest, node)
    this.#queue.add(this.#queuedOf(node, ordered.digest, () => this.#begin(node, ordered)))
  }

  #queuedOf(node: JobNode, digest: InvocationDigest | undefined, carryOut: () => Promise<void>): Queued {
    const { policy } = node.planned
    const demand = demandOf(node.limits, policy.category, this.#slots.capacity)
    return { node, digest, carryOut, demand, priority: policy.priority ?? 0, order: node.order }
  }

  #start(queued: Queued): void {
    this.#slots.take(queued.demand)
    this.#running.set(queued.node, queued)
    void this.#carryOut(queued).catch((error: unknown) => this.#over.reject(error))
  }

  async #carryOut({ node, digest, demand, carryOut }: Queued): Promise<void> {
    try {
      await carryOut()
    } catch (error) {
      if (!isGeartrainError(error)) throw error
      if (this.#cancel.signal.aborted) this.#ends.cancel(node)
      else this.#ends.giveUp(node, error.message)
    } finally {
      if (digest !== undefined && this.#inFlight.get(digest) === node) this.#inFlight.delete(digest)
      this.#running.delete(node)
      this.#slots.give(demand)
      this.#goOn()
    }
  }

  async #begin(node: JobNode, ordered: Ordered): Promise<void> {
    const makers = await this.#bytes.makersFor(node, ordered.order)
    if (this.#stopped !== undefined) node.state = "waiting"
    else if (makers.length > 0) this.#graph.waitAgain(node, makers)
    else await this.#attempt(node, ordered)
  }

  async #attempt(node: JobNode, { order, digest }: Ordered, looks = 1): Promise<void> {
    const { jobs, journal, newId } = this.#plot.means
    const verified = await this.#files.verified(order)
    const id = newId()
    const since = this.#plot.means.clock.now()
    Object.assign(node, { state: "running", job: id, attempt: node.attempt + 1, tries: node.tries + 1, since })
    const { key, attempt, limits } = node
    this.#teller.tell({ event: "job", key, state: "running", attempt, job: id, limits })
    // Whoever takes the run up after a kill finds the job by this id.
    await journal.settled()
    const { force } = this.#plot.settings
    const signals = { signal: this.#cancel.signal, ...(force === undefined ? {} : { force }) }
    try {
      const record = await jobs.run(verified, { id, label: key, limits, ...signals })
      this.#ends.judge(node, record, { digest, isCancelled: this.#cancel.signal.aborted })
    } catch (error) {
      if (!isGeartrainError(error)) throw error
      if (isGeartrainError(error, "WORKFLOW_BYTES_GONE") && looks < MOST_LOOKS) {
        node.tries -= 1
        const makers = await this.#bytes.makersFor(node, order)
        if (makers.length === 0) await this.#attempt(node, { order, digest }, looks + 1)
        else this.#graph.waitAgain(node, makers)
        return
      }
      const isOurs = error.fault === "platform" || error.fault === "backend"
      if (this.#cancel.signal.aborted) this.#ends.cancel(node)
      else this.#ends.judgeFailure(node, { why: error.message, ...(isOurs ? { cause: "machine" } : {}) })
    }
  }

  #onFailed(node: JobNode): void {
    this.#hasFailed = true
    this.#stopUnlessKeepGoing(`"${node.key}" failed`)
  }

  #onAgain(node: JobNode): void {
    node.state = "settling"
    this.#unsettled.push(node)
  }

  #stopUnlessKeepGoing(why: string): void {
    if (this.#plot.settings.keepGoing !== true) this.stop("failed", why)
  }
}

function wantedOf([{ planned }, { digest }]: readonly [JobNode, Ordered]): Parameters<
  Awaited<ReturnType<typeof findReusable>>
>[0] {
  return { digest, acceptExitCodes: planned.acceptExitCodes }
}
