import type { JobResources } from "@geartrain/spec/server"

/** All that decides which job goes next, and why each other one waits. */
export interface QueueView {
  /** Those with pending or running jobs. */
  readonly lanes: readonly Lane[]
  readonly limits: QueueLimits
  readonly turns: Turns
}

/** Jobs of one user in one project that ask for the same. */
export interface Lane {
  readonly id: string
  readonly owner: string
  readonly project: string
  readonly group: string
  readonly resources: JobResources
  readonly pending: number
  readonly running: number
  /** Of the job that goes next. */
  readonly headPriority: number
  readonly headQueuedMs: number
}

export type LimitKind = "site" | "user" | "project" | "group" | "runner"

export interface QueueLimit {
  /** Jobs that may run at once; absent for no limit. */
  readonly running?: number
  /** Of a user: how many turns it gets for one of another's. */
  readonly weight?: number
  readonly paused?: boolean
}

/** By kind and subject, as `user/…`; subject `*` is for those that have none of their own. */
export type QueueLimits = ReadonlyMap<string, QueueLimit>

export interface Turns {
  /** What each user has had, in turns over weight. */
  readonly of: ReadonlyMap<string, number>
  /** The turn that was given last: nobody is owed more than what came after they began to wait. */
  readonly last: number
}

/** What a runner offers. */
export interface RunnerView {
  readonly id: string
  readonly labels: Readonly<Record<string, string>>
  readonly capabilities: readonly string[]
  readonly slots: number
  readonly cpus: number
  readonly memoryBytes: number
  readonly gpus: number
  /** It takes no new jobs. */
  readonly isDrained: boolean
  /** What its running jobs asked for. */
  readonly running: readonly JobResources[]
}

/** The limit of one subject: its own values over those for all of its kind. */
export function limitOf(limits: QueueLimits, kind: LimitKind, subject: string): QueueLimit {
  return { ...limits.get(`${kind}/*`), ...limits.get(`${kind}/${subject}`) }
}
