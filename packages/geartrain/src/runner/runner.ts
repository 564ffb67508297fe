import { type GearId, GeartrainError, isGeartrainError } from "@geartrain/spec"
import type { ClaimedJob, HelloReply } from "@geartrain/spec/server"
import { delay, monotonicMs, nowMs } from "../system/clock.ts"
import { hostFacts } from "../system/host.ts"
import { randomFraction } from "../system/random.ts"
import { carryOut, clearJob, releaseAttempt, settle } from "./attempt/carry-out.ts"
import { GearShelf } from "./attempt/gear-shelf.ts"
import { LogSender } from "./attempt/log-sender.ts"
import { RunningAttempt } from "./attempt/running-attempt.ts"
import { trimCache } from "./cache/trim-cache.ts"
import { trimGears } from "./cache/trim-gears.ts"
import { LeaseBook } from "./lease/lease-book.ts"
import { keepHeartbeats } from "./life/heartbeats.ts"
import { type FoundAttempt, recoverAttempts } from "./life/recover-attempts.ts"
import { Rest } from "./life/rest.ts"
import type { RunnerPorts } from "./runner-ports.ts"
import type { RunnerSettings, RunnerSignals } from "./runner-settings.ts"
import { mayPass, untilAnswered, waitAfter } from "./server/retry.ts"

/** As long as the server lets a question wait; less by chance, so that a thousand runners do not come back in one moment. */
const WAIT_MS = { least: 20_000, most: 30_000 }
/** How often the cache is looked at. */
const TRIM_MS = 60_000

/**
 * Takes jobs from a server and carries them out, until it is told to end.
 *
 * It only asks, and nothing ever connects to it. It asks for no more jobs than it has free slots, and for the next as soon as one is free.
 *
 * @throws {GeartrainError} NOT_AUTHENTICATED, NOT_PERMITTED: the server does not take this token, or not any more.
 */
export async function runRunner(ports: RunnerPorts, settings: RunnerSettings, signals: RunnerSignals): Promise<void> {
  await new Runner(ports, settings, signals).run()
}

class Runner {
  readonly #ports: RunnerPorts
  readonly #settings: RunnerSettings
  readonly #signals: RunnerSignals
  readonly #gears: GearShelf
  readonly #leases = new LeaseBook()
  readonly #rest = new Rest()
  readonly #attempts = new Map<string, RunningAttempt>()
  readonly #work = new Set<Promise<void>>()
  /** By the attempt's key: settled when nothing is left of it. */
  readonly #ended = new Map<string, Promise<void>>()
  readonly #over = new AbortController()
  /** Aborted when no more jobs are to be taken. */
  readonly #stop = new AbortController()
  #welcome: HelloReply | undefined
  #isDrained = false
  #refused: unknown
  #changed = Promise.withResolvers<void>()

  constructor(ports: RunnerPorts, settings: RunnerSettings, signals: RunnerSignals) {
    this.#ports = ports
    this.#settings = settings
    this.#signals = signals
    this.#gears = new GearShelf(ports)
  }

  async run(): Promise<void> {
    const stop = (): void => this.#stop.abort()
    for (const signal of [this.#signals.drain, this.#signals.release]) onAbort(signal, stop)
    onAbort(this.#signals.release, () => this.#endAll("release"))
    const found = await recoverAttempts(this.#ports)
    try {
      await this.#hello()
    } catch (error) {
      // Told to end before there was a server: what was found is found again.
      if (this.#stop.signal.aborted) return
      throw error
    }
    for (const attempt of found) this.#recover(attempt)
    const beating = keepHeartbeats(this.#heartbeatPorts(), this.#over.signal)
    const trimming = this.#keepTrimmed()
    try {
      await this.#takeJobs()
      while (this.#work.size > 0) await Promise.all(this.#work)
    } finally {
      this.#over.abort()
      await Promise.all([beating, trimming])
    }
    if (this.#refused !== undefined) throw this.#refused
  }

  async #hello(): Promise<void> {
    const { engine, server, tell } = this.#ports
    const { name, slots, labels } = this.#settings
    const provider = await engine.provider()
    const { name: host, cpus, memoryBytes, kernel } = hostFacts()
    const greeting = {
      ...{ name, host, slots, labels },
      capabilities: provider.capabilities.networks.includes("outbound") ? ["networking"] : [],
      versions: {
        geartrain: engine.versions.engine,
        node: engine.versions.node,
        provider: `${provider.name} ${provider.version}`,
        kernel,
      },
      machine: { cpus, memoryBytes, gpus: 0 },
    }
    const { signal } = this.#stop
    const onFailure = (error: unknown): void => tell(`waiting for the server: ${messageOf(error)}`)
    this.#welcome = await untilAnswered(() => server.hello(greeting, { signal }), { signal, onFailure })
    tell(`ready for jobs as ${name}`, { runner: this.#welcome.runner, slots })
  }

  /** An ended gear's result is told; what had not ended is given back at once. */
  #recover({ folder, note, record }: FoundAttempt): void {
    const running = new RunningAttempt(note)
    const work = { running, runner: this.#runner, gears: this.#gears }
    this.#carry(running, async () => {
      if (record === undefined) await releaseAttempt("RUNNER_RESTARTED", work, this.#ports)
      else {
        running.phase = "collecting"
        const { server, engine, tell } = this.#ports
        const path = record.log === undefined ? undefined : await engine.blobs.locate(record.log.digest)
        const log = await LogSender.resume(path ?? "", {
          server: server.attempt(this.#runner, running.name),
          folder,
          onCancel: () => running.end("cancel"),
          onRefused: () => undefined,
        })
        await settle({ record, log, token: note.token }, work, this.#ports).catch((error: unknown) =>
          tell(`could not finish job ${note.job} of before: ${messageOf(error)}`, { ...running.name }),
        )
      }
      await clearJob(note.job, this.#ports)
      await folder.remove()
    })
  }

  async #takeJobs(): Promise<void> {
    let failures = 0
    let idleSinceMs = monotonicMs()
    while (!this.#stop.signal.aborted) {
      if (this.#free === 0 || this.#isDrained) {
        await Promise.race([this.#changed.promise, aborted(this.#stop.signal)])
        continue
      }
      const restMs = this.#rest.leftMs(monotonicMs())
      if (restMs > 0) {
        await delay(restMs, this.#stop.signal).catch(() => undefined)
        continue
      }
      if (this.#attempts.size > 0) idleSinceMs = monotonicMs()
      const leftMs = (this.#settings.idleExitMs ?? Number.POSITIVE_INFINITY) - (monotonicMs() - idleSinceMs)
      if (leftMs <= 0) return
      try {
        const taken = await this.#claim(
          Math.min(leftMs, WAIT_MS.least + randomFraction() * (WAIT_MS.most - WAIT_MS.least)),
        )
        failures = 0
        if (taken > 0 && this.#settings.once === true) return
      } catch (error) {
        if (this.#stop.signal.aborted) return
        if (!mayPass(error)) await this.#again(error)
        await delay(waitAfter(failures++, error), this.#stop.signal).catch(() => undefined)
      }
    }
  }

  async #claim(waitMs: number): Promise<number> {
    const { signal } = this.#stop
    const askedMs = monotonicMs()
    const wish = { free: this.#free, waitMs: Math.round(waitMs) }
    const jobs = await this.#ports.server.claim(this.#runner, wish, { signal })
    for (const claimed of jobs) this.#start(claimed, Math.max(askedMs, monotonicMs() - claimed.leaseMs / 6))
    return jobs.length
  }

  /** @param sinceMs  When the lease began at the earliest that is likely: the claim may have waited for long. */
  #start(claimed: ClaimedJob, sinceMs: number): void {
    const { name, version } = claimed.gear
    const running = new RunningAttempt(claimed)
    this.#leases.renew(running.key, claimed.leaseMs, sinceMs)
    this.#ports.tell(`took job ${claimed.job}: ${name}@${version}`, { job: claimed.job, attempt: claimed.attempt })
    this.#carry(running, () => carryOut(claimed, { running, runner: this.#runner, gears: this.#gears }, this.#ports))
  }

  /** Of two attempts at one job, the later waits until nothing is left of the earlier. */
  #carry(running: RunningAttempt, work: () => Promise<void>): void {
    const earlier = [...this.#attempts.values()].filter(({ name }) => name.job === running.name.job)
    for (const each of earlier) each.end("stale")
    this.#attempts.set(running.key, running)
    const done = (async () => {
      await Promise.all(earlier.map(({ key }) => this.#ended.get(key)))
      await work()
    })()
      .catch((error: unknown) =>
        this.#ports.tell(`job ${running.name.job} failed here: ${messageOf(error)}`, { ...running.name }),
      )
      .finally(() => {
        this.#attempts.delete(running.key)
        this.#leases.end(running.key)
        this.#work.delete(done)
        this.#ended.delete(running.key)
        this.#restAfter(running)
        this.#wake()
      })
    this.#work.add(done)
    this.#ended.set(running.key, done)
  }

  #restAfter({ report, name }: RunningAttempt): void {
    const restMs = report === undefined ? 0 : this.#rest.note(report, monotonicMs())
    if (restMs === 0) return
    const why = report?.reason ?? "no reason"
    this.#ports.tell(`takes no jobs for ${restMs / 1000} s, since this machine failed one: ${why}`, { ...name, restMs })
  }

  /** A server that was restored from a backup does not know us; one that does not know our token never will. */
  async #again(error: unknown): Promise<void> {
    if (isGeartrainError(error, "NOT_AUTHENTICATED") || isGeartrainError(error, "NOT_PERMITTED")) this.#giveUp(error)
    else await this.#hello().catch((refusal: unknown) => this.#giveUp(refusal))
  }

  #giveUp(error: unknown): void {
    if (this.#stop.signal.aborted) return
    this.#refused = error
    this.#endAll("stale")
    this.#stop.abort()
  }

  #endAll(ending: "release" | "stale"): void {
    for (const running of this.#attempts.values()) running.end(ending)
  }

  #heartbeatPorts() {
    const { server, tell } = this.#ports
    return {
      ...{ server, tell, attempts: this.#attempts, leases: this.#leases },
      runner: () => {
        const rest = this.#rest.told(monotonicMs())
        return {
          id: this.#runner,
          heartbeatMs: this.#welcome?.heartbeatMs ?? 0,
          free: rest === undefined ? this.#free : 0,
          draining: this.#stop.signal.aborted,
          ...(rest === undefined ? {} : { rest }),
        }
      },
      onDrain: (drain: boolean) => {
        if (drain !== this.#isDrained) this.#ports.tell(drain ? "drained: takes no more jobs" : "takes jobs again")
        this.#isDrained = drain
        this.#wake()
      },
      onRefused: (error: unknown) => void this.#again(error),
    }
  }

  async #keepTrimmed(): Promise<void> {
    while (!this.#over.signal.aborted) {
      // What could not be removed is no reason to run no jobs: the next time it may go.
      await this.#trimInputs().catch((error: unknown) => this.#ports.tell(`cannot trim inputs: ${messageOf(error)}`))
      await this.#trimGears().catch((error: unknown) => this.#ports.tell(`cannot trim gears: ${messageOf(error)}`))
      await delay(TRIM_MS, this.#over.signal).catch(() => undefined)
    }
  }

  async #trimInputs(): Promise<void> {
    // What a running job needs was touched when it began, at the earliest.
    const spareSinceMs = Math.min(nowMs(), ...[...this.#attempts.values()].map(({ sinceMs }) => sinceMs))
    const limits = { mostBytes: this.#settings.cacheBytes, spareSinceMs }
    const removed = await trimCache(this.#ports, limits)
    if (removed > 0) this.#ports.tell("removed the oldest inputs from the cache", { removedBytes: removed })
  }

  async #trimGears(): Promise<void> {
    const isUsed = (gear: GearId): boolean => this.#attempts.values().some((running) => running.gear === gear)
    const limits = { mostBytes: this.#settings.gearBytes, isUsed }
    const removed = await trimGears(this.#ports, this.#gears, limits)
    if (removed > 0) this.#ports.tell("removed the gears that were not used for longest", { removedBytes: removed })
  }

  get #runner(): string {
    if (this.#welcome === undefined)
      throw new GeartrainError("SERVER_UNREACHABLE", "Cannot speak of jobs: the server has not answered yet")
    return this.#welcome.runner
  }

  get #free(): number {
    return Math.max(0, this.#settings.slots - this.#attempts.size)
  }

  #wake(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers<void>()
  }
}

function onAbort(signal: AbortSignal, run: () => void): void {
  if (signal.aborted) run()
  else signal.addEventListener("abort", run, { once: true })
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => onAbort(signal, resolve))
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
