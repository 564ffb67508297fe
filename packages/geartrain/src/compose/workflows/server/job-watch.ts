import { answered, followEvents, type GearClient } from "@geartrain/sdk/client"
import { isGeartrainError, type JobId } from "@geartrain/spec"
import { readPages } from "../../../archive/transfer/read-pages.ts"
import { delay } from "../../../system/clock.ts"
import { interrupted, type Patience } from "./patience.ts"

export interface WatchedJobs {
  readonly client: GearClient
  readonly project: string
  /** Word that the jobs of the run carry. */
  readonly tag: string
  readonly patience: Patience
}

/** What nobody tells of, as when a server is restored from a backup, is found out after so long. */
const LOOK_AGAIN_MS = 60_000

/** Waits for the ends of jobs on a server: told by one stream of events, however many jobs there are. */
export class JobWatch {
  readonly #of: WatchedJobs
  readonly #waiting = new Map<JobId, PromiseWithResolvers<void>>()
  readonly #over = new AbortController()
  readonly #stands = Promise.withResolvers<void>()
  #following: Promise<void> | undefined
  #failure: unknown

  constructor(of: WatchedJobs) {
    this.#of = of
    this.#stands.promise.catch(() => undefined)
  }

  /** Resolves when everything that happens from now on is told. */
  async stands(): Promise<void> {
    this.#following ??= this.#follow()
    await this.#stands.promise
  }

  /**
   * Resolves when the job has ended; of one that is ordered after this call nothing is missed.
   *
   * @throws {GeartrainError} INTERRUPTED when the watch is closed, and what the server refuses.
   */
  ended(id: JobId): Promise<void> {
    const waiting = this.#waiting.get(id) ?? Promise.withResolvers<void>()
    this.#waiting.set(id, waiting)
    // Whoever waits for it gets the error.
    waiting.promise.catch(() => undefined)
    if (this.#failure !== undefined) this.#reject(this.#failure)
    return waiting.promise
  }

  /** It is known to have ended. */
  noteEnd(id: JobId): void {
    this.#waiting.get(id)?.resolve()
    this.#waiting.delete(id)
  }

  close(): void {
    this.#over.abort()
    this.#reject(interrupted())
  }

  async #follow(): Promise<void> {
    const { patience } = this.#of
    const { signal } = this.#over
    try {
      await Promise.all([patience(() => this.#read(signal), signal), this.#lookAgain(signal)])
    } catch (error) {
      this.#reject(error)
      this.#over.abort()
    }
  }

  #reject(error: unknown): void {
    this.#failure ??= error
    this.#stands.reject(this.#failure)
    for (const waiting of this.#waiting.values()) waiting.reject(this.#failure)
    this.#waiting.clear()
  }

  #after: string | undefined

  async #read(signal: AbortSignal): Promise<void> {
    const { client, project } = this.#of
    const path = `/api/v1/events?after=latest&kind=job.changed&project=${project}`
    const options = { signal, ...(this.#after === undefined ? {} : { after: this.#after }) }
    for await (const { id, event, data } of followEvents(client, path, options)) {
      if (event === "begin") await this.#look(signal)
      else this.#take(data)
      this.#after = id ?? this.#after
      this.#stands.resolve()
    }
  }

  #take(data: string): void {
    const { subject, data: changed } = JSON.parse(data) as {
      readonly subject: string
      readonly data: { readonly state?: string }
    }
    if (changed.state !== undefined && isOver(changed.state)) this.noteEnd(subject)
  }

  async #lookAgain(signal: AbortSignal): Promise<void> {
    for (;;) {
      await delay(LOOK_AGAIN_MS, signal)
      await this.#of.patience(() => this.#look(signal), signal)
    }
  }

  /** Jobs of the run that have not ended are listed in one answer; what is not among them is looked at. */
  async #look(signal: AbortSignal): Promise<void> {
    const { client, project, tag } = this.#of
    const ids = [...this.#waiting.keys()]
    if (ids.length === 0) return
    const open = new Set<JobId>()
    const ask = (page: object) => {
      const query = { ...page, project, tag, state: ["pending" as const, "running" as const] }
      return client.api.GET("/api/v1/jobs", { params: { query }, signal })
    }
    for await (const jobs of readPages(ask)) for (const { id } of jobs) open.add(id)
    for (const id of ids) if (!open.has(id)) await this.#lookAt(id, signal)
  }

  /** One that is not there was not taken yet. */
  async #lookAt(job: JobId, signal: AbortSignal): Promise<void> {
    const { client } = this.#of
    try {
      const { state } = answered(await client.api.GET("/api/v1/jobs/{job}", { params: { path: { job } }, signal }))
      if (isOver(state)) this.noteEnd(job)
    } catch (error) {
      if (!isGeartrainError(error, "JOB_NOT_FOUND")) throw error
    }
  }
}

export function isOver(state: string): boolean {
  return state === "complete" || state === "failed" || state === "cancelled"
}
